import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import express from 'express';
import request from 'supertest';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { pageRoutes } from '../../src/pages/page-routes.ts';

let directory: string;
let app: ReturnType<typeof express>;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'page-'));
  await writeFile(join(directory, 'style.css'), 'body { color: teal }');
  await writeFile(
    join(directory, 'main.ts'),
    "import './style.css';\nconst greeting: string = 'hello';\ndocument.title = greeting;",
  );
  const entry = pathToFileURL(join(directory, 'main.ts'));
  app = express();
  app.use(pageRoutes('/ui', { name: 'not-prebuilt', title: 'A page', entry }));
});

afterAll(() => rm(directory, { recursive: true }));

/** Returns the URLs of the page's script and style sheet. */
async function assets(): Promise<string[]> {
  const { text } = await request(app).get('/ui').expect(200);
  return [...text.matchAll(/(?:src|href)="(ui\/[^"]+)"/g)].map(([, url]) => `/${url}`);
}

describe('pageRoutes', () => {
  it('serves a page that may run its own script only', async () => {
    const { headers, text } = await request(app).get('/ui').expect('Content-Type', /html/);
    expect(headers['content-security-policy']).toContain(
      "default-src 'none'; script-src 'self'; style-src 'self'",
    );
    expect(headers['content-security-policy']).not.toContain('unsafe');
    expect(text).not.toMatch(/<script(?![^>]* src=)|<style| style=| on\w+=|https?:\/\/(?!www\.w3\.org)/);
  });

  it('protects a page from frames and from the pages that opened it', async () => {
    const { headers } = await request(app).get('/ui').expect(200);
    expect(headers).toMatchObject({
      'x-frame-options': 'SAMEORIGIN',
      'cross-origin-opener-policy': 'same-origin',
      'referrer-policy': 'no-referrer',
    });
  });

  it('serves the bundled script and style sheet, to be kept for ever', async () => {
    const [style = '', script = ''] = await assets();
    await request(app)
      .get(script)
      .expect('Content-Type', /javascript/)
      .expect(/"hello"/);
    await request(app).get(style).expect('Content-Type', /css/).expect(/teal/);
    await request(app)
      .get(script)
      .expect('Cache-Control', /immutable/)
      .expect('Content-Encoding', 'gzip');
    const plain = await request(app).get(script).set('Accept-Encoding', 'identity');
    expect(plain.headers['content-encoding']).toBeUndefined();
  });

  it('has no other files', async () => {
    await request(app).get('/ui/assets/other.js').expect(404);
    await request(app).get('/ui/').expect(404);
  });
});
