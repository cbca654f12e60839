import express from 'express';
import request from 'supertest';
import { describe, expect, it } from 'vitest';
import { requireBearerToken } from '../../src/credentials/bearer-token.ts';
import { Token } from '../../src/credentials/token.ts';

const appWith = (token: string | Token) =>
  express().get('/', requireBearerToken(token, 'token'), (_request, response) => {
    response.send('ok');
  });

describe('a token', () => {
  it('sends its first value and accepts both', async () => {
    const token = new Token(['old', 'new']);
    expect(token.sent).toBe('old');
    const app = appWith(token);
    for (const value of ['old', 'new'])
      await request(app).get('/').set('authorization', `Bearer ${value}`).expect(200);
    await request(app).get('/').set('authorization', 'Bearer other').expect(401);
  });

  it('is replaced for requests that follow', async () => {
    const token = new Token(['old']);
    const app = appWith(token);
    expect(token.replaceBy(new Token(['new']))).toBe(true);
    expect(token.replaceBy(new Token(['new']))).toBe(false);
    await request(app).get('/').set('authorization', 'Bearer old').expect(401);
    await request(app).get('/').set('authorization', 'Bearer new').expect(200);
  });

  it.each(['bearer a-token', 'BEARER  a-token'])('accepts the scheme in any case: %j', async (header) => {
    await request(appWith('a-token')).get('/').set('authorization', header).expect(200);
  });

  it.each(['', 'Bearer', 'Bearer ', 'Basic a-token', 'a-token', 'Bearer a-token,b', 'Bearer a-token\tb'])(
    'refuses the header %j',
    async (header) => {
      await request(appWith('a-token')).get('/').set('authorization', header).expect(401);
    },
  );

  it('does not show its values when it is logged', () => {
    expect(JSON.stringify({ token: new Token(['hidden']) })).not.toContain('hidden');
  });
});
