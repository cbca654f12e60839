import { createServer } from 'node:http';
import { lockDirectory } from '@gridclock/durable-tables/lmdb';
import { entryArguments } from '@gridclock/local-service';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();

/** Runs a node with only these environment variables, until it exits. */
async function runNode(environment: Record<string, string>, ...args: string[]) {
  const { exitCode, stderr, stdout } = await execa(
    process.execPath,
    [...entryArguments(nodeEntry), ...args],
    {
      env: { PATH: process.env.PATH ?? '', ...environment },
      extendEnv: false,
      reject: false,
      timeout: 60_000,
    },
  );
  return { exitCode, stderr, stdout };
}

describe('a node with an invalid environment exits with one line that names the variable', () => {
  it.each([
    [{}, 'node: NODE_ID is required'],
    [{ NODE_ID: '__proto__' }, 'node: NODE_ID must be a word or a number'],
    [{ NODE_ID: 'node1', PORT: '99999' }, 'node: PORT must be at most 65535 (it is "99999")'],
    [{ NODE_ID: 'node1', PORT: 'http' }, 'node: PORT must be a number (it is "http")'],
    [{ NODE_ID: 'node1', PEERS: 'node2' }, 'node: PEERS needs host:port in "node2"'],
    [{ NODE_ID: 'node1', DATA_DIR: '/dev/null/data' }, 'node: DATA_DIR'],
    [{ NODE_ID: 'node1', FAULTS: 'maybe' }, 'node: FAULTS must be 1 or 0'],
    [{ NODE_ID: 'node1', LOG_LEVEL: 'loud' }, 'node: LOG_LEVEL'],
  ])('%j', async (environment, line) => {
    const { exitCode, stderr } = await runNode(environment);
    expect(stderr).toContain(line);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(exitCode).toBe(1);
  });
});

describe('node.ts --help', () => {
  it('lists the variables with their defaults and the exit codes, without a configuration', async () => {
    const { exitCode, stdout } = await runNode({ CLUSTER_TOKEN: 'swordfish' }, '--help');
    expect(stdout).toMatch(/\n {2}NODE_ID +required\n/);
    expect(stdout).toMatch(/\n {2}PORT +5000\n/);
    expect(stdout).toContain('Exit codes: 0 ');
    expect(stdout).not.toContain('swordfish');
    expect(exitCode).toBe(0);
  });

  it('is named when another argument is given', async () => {
    const { exitCode, stderr } = await runNode({ NODE_ID: 'node1' }, '--port=5001');
    expect(stderr).toBe('node: takes no arguments (got "--port=5001"); --help lists its variables');
    expect(exitCode).toBe(1);
  });
});

describe('a node whose data directory is in use', () => {
  it('exits with one line that names the variable once', async () => {
    const unlock = await lockDirectory(directory.path);
    const { exitCode, stderr } = await runNode({ NODE_ID: 'node1', DATA_DIR: directory.path });
    await unlock();
    expect(stderr).toBe(
      `node: DATA_DIR ${directory.path} is in use by another process (pid ${process.pid}). Stop it or choose another directory.`,
    );
    expect(exitCode).toBe(1);
  });
});

describe('a node whose port is in use', () => {
  it('exits with one line that names the port', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    try {
      const { exitCode, stderr } = await runNode({ NODE_ID: 'node1', PORT: String(port) });
      expect(stderr).toBe(`node: port ${port} is already in use. Set PORT to a free port.`);
      expect(exitCode).toBe(1);
    } finally {
      server.close();
    }
  });
});
