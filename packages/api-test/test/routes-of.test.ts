import express from 'express';
import { describe, expect, it } from 'vitest';
import { routesOf } from '../src/index.ts';

const respond: express.RequestHandler = (_request, response) => {
  response.end();
};

describe('routesOf', () => {
  it('lists routes of nested routers, with their parameters', () => {
    const inner = express.Router().delete('/things/:id', respond);
    const outer = express.Router().use(inner);
    outer.route('/things').get(respond).post(respond);
    const app = express().get('/', respond).use(outer);
    expect(routesOf(app)).toEqual(['DELETE /things/{id}', 'GET /', 'GET /things', 'POST /things']);
  });

  it('lists each path of a route that has several', () => {
    expect(routesOf(express().put(['/a', '/b/:c'], respond))).toEqual(['PUT /a', 'PUT /b/{c}']);
  });

  it('lists a route for any method, which no document describes', () => {
    expect(routesOf(express().all('/any', respond)).length).toBeGreaterThan(5);
  });

  it.each([/^\/a/, '/files/*path', '/a{/:b}'])('refuses the pattern %s', (path) => {
    expect(() => routesOf(express().get(path, respond))).toThrow('is a pattern');
  });
});
