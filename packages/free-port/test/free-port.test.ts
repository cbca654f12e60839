import { execFile } from 'node:child_process';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it, vi } from 'vitest';
import { freePort } from '../src/free-port.ts';

const module = fileURLToPath(new URL('../src/free-port.ts', import.meta.url));

/** Lets the next calls try the given port first, in this process. */
function tryFirst(port: number) {
  return vi.spyOn(Math, 'random').mockReturnValueOnce((port - 9_999.5) / 20_000);
}

/** Calls freePort in another process, which tries the given port first. */
async function portOfAnotherProcess(first: number): Promise<number> {
  const script = `
    const random = Math.random;
    let calls = 0;
    Math.random = () => (calls++ === 0 ? ${(first - 9_999.5) / 20_000} : random());
    const { freePort } = await import(${JSON.stringify(module)});
    console.log(await freePort());`;
  const args = ['--import', 'tsx', '--input-type=module', '--eval', script];
  const { stdout } = await promisify(execFile)(process.execPath, args);
  return Number(stdout);
}

describe('freePort', () => {
  it('returns a port that can be listened on', async () => {
    const port = await freePort();
    const server = createServer();
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject).listen(port, '127.0.0.1', () => resolve());
    });
    server.close();
  });

  it('returns no port that fetch and browsers refuse to call', async () => {
    tryFirst(10_080);
    expect(await freePort()).not.toBe(10_080);
  });

  it('returns ports that no outgoing connection gets', async () => {
    const ports = await Promise.all(Array.from({ length: 50 }, () => freePort()));
    expect(ports.every((port) => port >= 10_000 && port < 30_000)).toBe(true);
    expect(new Set(ports).size).toBe(50);
  });

  it('does not return a port twice, though nothing listens on it', async () => {
    const port = await freePort();
    tryFirst(port);
    expect(await freePort()).not.toBe(port);
  });

  it('does not return a port that another process was given', async () => {
    const port = await freePort();
    expect(await portOfAnotherProcess(port)).not.toBe(port);
  });

  it('returns a port again once the process that had it has exited', async () => {
    const port = await portOfAnotherProcess(12_345);
    tryFirst(port);
    expect(await freePort()).toBe(port);
  });

  it.for(['127.0.0.1', '0.0.0.0'])(
    'does not return a port on which something listens at %s',
    async (host) => {
      const port = await portOfAnotherProcess(15_000);
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(port, host, resolve));
      tryFirst(port);
      expect(await freePort()).not.toBe(port);
      server.close();
    },
  );
});
