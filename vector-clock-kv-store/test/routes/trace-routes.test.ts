import { createLogger, createRegistry, createServiceApp } from '@gridclock/service-kit';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { tracePageSchema } from '../../src/messages/trace.ts';
import { clusterAccess } from '../../src/routes/cluster-access.ts';
import { traceRoutes } from '../../src/routes/trace-routes.ts';
import { EventTrace } from '../../src/trace/event-trace.ts';
import { createNodeApp } from '../support/node-app.ts';

function tracedApp(token?: string) {
  const events = new EventTrace({ host: 'node1~a', capacity: 2_500, now: () => 7 });
  const app = createServiceApp({
    service: 'traced',
    logger: createLogger('traced', 'silent'),
    registry: createRegistry(),
    routes: traceRoutes(events, clusterAccess(token, { name: 'node1', life: '0123456789abcdef' })),
  });
  return { events, app };
}

describe('GET /trace', () => {
  it('returns the events of this process, oldest first', async () => {
    const { app, events } = tracedApp();
    events.record({ kind: 'write', write: { node: 'node1', counter: 1, key: 'x', value: '1' } });
    const { status, body } = await request(app).get('/trace');
    expect(status).toBe(200);
    expect(body).toEqual({
      host: 'node1~a',
      clock: { 'node1~a': 2 },
      pruned: 0,
      last: 2,
      events: [
        { kind: 'start', host: 'node1~a', at: 7, clock: { 'node1~a': 1 } },
        {
          kind: 'write',
          host: 'node1~a',
          at: 7,
          clock: { 'node1~a': 2 },
          write: { node: 'node1', counter: 1, key: 'x', value: '1' },
        },
      ],
    });
    expect(tracePageSchema.parse(body)).toEqual(body);
  });

  it('returns at most 1,000 events, after the given number', async () => {
    const { app, events } = tracedApp();
    for (let n = 0; n < 2_000; n++) events.record({ kind: 'snapshot' });
    const first = tracePageSchema.parse((await request(app).get('/trace')).body);
    expect(first.events).toHaveLength(1_000);
    const rest = tracePageSchema.parse((await request(app).get('/trace?since=1900')).body);
    expect(rest.events.map(({ clock }) => clock['node1~a'])).toEqual(
      Array.from({ length: 101 }, (_none, index) => 1_901 + index),
    );
  });

  it('reports which events were dropped', async () => {
    const { app, events } = tracedApp();
    for (let n = 0; n < 3_000; n++) events.record({ kind: 'snapshot' });
    const { pruned, last, events: kept } = tracePageSchema.parse((await request(app).get('/trace')).body);
    expect({ pruned, last }).toEqual({ pruned: 501, last: 3_001 });
    expect(kept[0]?.clock).toEqual({ 'node1~a': 502 });
  });

  it.each(['-1', 'x', '1.5', '1&since=2'])('rejects since=%s', async (since) => {
    const { status, body } = await request(tracedApp().app).get(`/trace?since=${since}`);
    expect(status).toBe(400);
    expect(body).toMatchObject({ field: 'since' });
  });

  it('requires the cluster token, if there is one', async () => {
    const { app } = tracedApp('secret');
    expect((await request(app).get('/trace')).status).toBe(401);
    expect((await request(app).get('/trace').set('Authorization', 'Bearer secret')).status).toBe(200);
  });

  it('does not exist on a node without a trace', async () => {
    expect((await request(createNodeApp().app).get('/trace')).status).toBe(404);
  });
});
