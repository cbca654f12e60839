import request from 'supertest';
import { afterEach, beforeEach } from 'vitest';
import { type SingleNode, singleNode } from './single-node.ts';

/** A node1 that serves, a fresh one for every test of the file that calls this, and what asks it. */
export function servingNode() {
  let single: SingleNode;
  beforeEach(async () => {
    single = singleNode();
    await single.node.start();
  });
  afterEach(() => single.node.stop());
  return {
    get app() {
      return single.app;
    },
    put: (body: object) => request(single.app).post('/put').send(body),
    replicate: (body: object) => request(single.app).post('/replicate').send(body),
    state: async () => (await request(single.app).get('/state')).body,
  };
}
