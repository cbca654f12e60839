import type { IncomingMessage, ServerResponse } from 'node:http';
import supertest from 'supertest';
import { describe, expect, it } from 'vitest';
import { validCharge } from '../support/substation.ts';
import { serveSubstation } from '../support/substation-app.ts';

describe('POST /drain', () => {
  it('rejects new sessions and lets running ones continue', async () => {
    const { api } = serveSubstation();
    await api.post('/charge').send(validCharge);
    expect((await api.post('/drain')).body).toMatchObject({ status: 'draining', active_sessions: 1 });
    const { status, body } = await api.post('/charge').send(validCharge);
    expect(status).toBe(503);
    expect(body).toMatchObject({ error: 'Draining', substation_id: 's1' });
    expect((await api.get('/ready')).status).toBe(503);
    expect((await api.get('/status')).body).toMatchObject({ active_sessions: 1, draining: true });
  });

  it('requires the admin token if one is set', async () => {
    const { api } = serveSubstation({ adminToken: 'open-sesame' });
    const attempts = [api.post('/drain'), api.post('/drain').set('Authorization', 'Bearer guessed')];
    for (const attempt of attempts) expect((await attempt).status).toBe(401);
    expect((await api.get('/status')).body).toMatchObject({ draining: false });
    const allowed = await api.post('/drain').set('Authorization', 'Bearer open-sesame');
    expect(allowed.status).toBe(202);
  });

  it('is reversed by DELETE /drain', async () => {
    const { api } = serveSubstation();
    await api.post('/drain');
    const { status, body } = await api.delete('/drain');
    expect(status).toBe(200);
    expect(body).toEqual({ status: 'accepting', substation_id: 's1', active_sessions: 0 });
    expect((await api.get('/ready')).status).toBe(200);
    expect((await api.post('/charge').send(validCharge)).status).toBe(200);
  });

  it('is not reversed once the process is stopping', async () => {
    const { api, timers } = serveSubstation();
    await timers.drain(0);
    expect((await api.delete('/drain')).status).toBe(409);
    expect((await api.get('/status')).body).toMatchObject({ draining: true });
  });
});

describe('/drain without an admin token', () => {
  it.each(['X-Forwarded-For', 'Forwarded', 'Via', 'Origin'])(
    'is forbidden to a request with the header %s',
    async (header) => {
      const { api } = serveSubstation();
      // Of the page's own origin: a request of another one does not get this far.
      const value = header === 'Origin' ? 'http://localhost' : '127.0.0.1';
      const { status, body } = await api.post('/drain').set('Host', 'localhost').set(header, value);
      expect(status).toBe(403);
      expect(body.reason).toContain('Set ADMIN_TOKEN');
      expect((await api.delete('/drain').set(header, '127.0.0.1')).status).toBe(403);
      expect((await api.get('/status')).body).toMatchObject({ draining: false });
    },
  );

  it.each([
    ['127.0.0.1', 202],
    ['127.8.9.1', 202],
    ['::1', 202],
    ['::ffff:127.0.0.1', 202],
    ['10.0.0.7', 403],
    ['::ffff:10.0.0.7', 403],
    ['fe80::1', 403],
    ['::ffff:127.evil', 403],
    [undefined, 403],
  ])('responds to a client at %s with %i', async (address, expected) => {
    const { app } = serveSubstation();
    const { status } = await supertest((request: IncomingMessage, response: ServerResponse) => {
      Object.defineProperty(request.socket, 'remoteAddress', { value: address });
      app(request, response);
    }).post('/drain');
    expect(status).toBe(expected);
  });
});
