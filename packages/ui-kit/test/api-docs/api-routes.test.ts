import express from 'express';
import request from 'supertest';
import { describe, expect, it, vi } from 'vitest';
import { apiRoutes } from '../../src/api-docs/api-routes.ts';

describe('apiRoutes', () => {
  it('builds the document at the first request, once', async () => {
    const describeApi = vi.fn(async (version: string) => ({ openapi: '3.1.1', info: { version } }));
    const app = express().use(apiRoutes(describeApi));
    expect(describeApi).not.toHaveBeenCalled();
    const { body } = await request(app).get('/openapi.json').expect('Content-Type', /json/).expect(200);
    await request(app).get('/openapi.json').expect(200);
    expect(body).toEqual({ openapi: '3.1.1', info: { version: expect.any(String) } });
    expect(describeApi).toHaveBeenCalledTimes(1);
  });

  it('tries again after a failure', async () => {
    const describeApi = vi.fn(async () => ({ openapi: '3.1.1' }));
    describeApi.mockRejectedValueOnce(new Error('no memory'));
    const app = express().use(apiRoutes(describeApi));
    await request(app).get('/openapi.json').expect(500);
    await request(app).get('/openapi.json').expect(200);
  });

  it('shows the document on a page without inline script, below 100 KB', async () => {
    const app = express().use(apiRoutes(async () => ({})));
    const { headers, text } = await request(app).get('/docs').set('Accept', 'text/html').expect(200);
    expect(headers['content-security-policy']).toContain("script-src 'self';");
    expect(text).not.toMatch(/<script(?![^>]*\bsrc=)/);
    const files = [...text.matchAll(/(?:src|href)="(docs\/assets\/.*?)"/g)].map(([, file]) => file);
    const sizes = await Promise.all(
      files.map(async (file) => {
        const { headers } = await request(app).get(`/${file}`).set('Accept-Encoding', 'gzip').expect(200);
        return Number(headers['content-length']);
      }),
    );
    expect(sizes).toHaveLength(2);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(100_000);
  });
});
