import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { findGet } from '../../../src/verification/judge/dialect/find-routes.ts';

/** Shows x=1 at a path, from its n-th request there on. */
let [path, shownFrom, requests] = ['/read/x', 1, 0];
const server = createServer((request, response) => {
  if (request.url !== path) response.writeHead(404).end();
  else response.end(JSON.stringify({ value: ++requests < shownFrom ? null : 1 }));
});

afterEach(() => server.close().closeAllConnections());

async function find(withinMs: number) {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return findGet(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'x', withinMs);
}

describe('findGet', () => {
  it('finds the route that returns the value', async () => {
    [path, shownFrom, requests] = ['/read/x', 1, 0];
    expect(await find(10_000)).toEqual({ method: 'GET', path: '/read/{key}' });
  });

  it('waits for a node that shows its writes late, so that it can be judged', async () => {
    [path, shownFrom, requests] = ['/get?key=x', 3, 0];
    expect(await find(10_000)).toEqual({ method: 'GET', path: '/get?key={key}' });
  });

  it('finds no route where none returns the value in time', async () => {
    [path, shownFrom, requests] = ['/get?key=x', Number.POSITIVE_INFINITY, 0];
    expect(await find(100)).toBeUndefined();
  });
});
