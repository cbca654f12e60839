import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { localCluster } from '../support/local-cluster.ts';
import { runClient } from '../support/run-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
let cluster: NodeProcesses;

beforeAll(async () => {
  cluster = await localCluster({ environment: { CLUSTER_TOKEN: 'secret' } });
  await cluster.start('node1', 'node2', 'node3');
});

afterAll(() => cluster.stop());

/** Runs a command of client.ts on the cluster, with its token. */
const client = (...args: string[]) =>
  runClient(args, { STORE_NODES: cluster.urls.join(','), CLUSTER_TOKEN: 'secret' });

describe('client.ts put, get and delete', () => {
  it('write, read and delete a key', async () => {
    const put = await client('put', 'fruit', '{"name":"apple"}', '--node', 'node2');
    expect(put.stdout).toMatch(/^fruit = \{"name":"apple"\} at node2\nclock \{"node2":\d+\}$/);
    const read = await client('get', 'fruit', '--node', 'node2');
    expect([read.exitCode, read.stdout]).toEqual([0, put.stdout]);
    const removed = await client('delete', 'fruit', '--node', 'node2', '--acks', '3');
    expect(removed.stdout).toMatch(/^fruit deleted at node2\n/);
    const missing = await client('get', 'fruit');
    expect([missing.exitCode, missing.stdout]).toEqual([
      1,
      expect.stringMatching(/^fruit has no value at node1\n/),
    ]);
  });

  it('print JSON with --json, wherever the option stands', async () => {
    const put = await client('put', '--json', 'n', '-1');
    expect(JSON.parse(put.stdout)).toEqual({ vc: { node1: 1, node2: 2 } });
    const read = await client('--json', 'get', 'n', '--context', JSON.stringify(JSON.parse(put.stdout).vc));
    expect(JSON.parse(read.stdout)).toEqual({ key: 'n', value: -1, vc: { node1: 1, node2: 2 } });
    const missing = await client('get', 'nothing', '--json');
    expect([missing.exitCode, JSON.parse(missing.stdout).value]).toEqual([1, null]);
  });

  it('keep what a session has seen in a file, whose folder they create', async () => {
    const file = join(directory.path, 'sessions', 'mine.json');
    await client('hold', 'any', 'node3', '--origin', 'node1');
    const put = await client('put', 'seen', 'by me', '--session', file);
    expect(put.stdout).toContain('seen = "by me" at node1');
    expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ node1: 2 });
    const without = await client('get', 'seen', '--node', 'node3');
    expect([without.exitCode, without.stdout]).toEqual([
      1,
      expect.stringContaining('seen has no value at node3'),
    ]);
    const behind = await client('get', 'seen', '--node', 'node3', '--session', file);
    expect(behind.exitCode).toBe(2);
    expect(behind.stderr).toMatch(/responded 503: .*; it lacks \{"node1":2\}/);
    await client('heal');
    const after = await client('get', 'seen', '--node', 'node3', '--session', file);
    expect([after.exitCode, after.stdout]).toEqual([0, expect.stringContaining('seen = "by me" at node3')]);
  });

  it.each([
    [['get', 'x', '--node', 'node9'], 'there is no node node9; the nodes are node1, node2, node3'],
    [['get', 'x', '--nodes', 'http://127.0.0.1:1'], 'no node responds: http://127.0.0.1:1 (ECONNREFUSED)'],
    [['put', 'x', '9007199254740993'], 'cannot keep the number 9007199254740993'],
    [['put', 'x', '[1e999]'], 'cannot keep the number'],
    [['put', '', '1'], 'key: must not be empty'],
    [['put', 'x'], "missing required argument 'value'"],
    [['get', 'x', '--context', '[]'], 'It must be a clock, such as {"node1":3}.'],
    [['get', 'x', '--context', '{"node1":99}'], 'names a write that was never made'],
    [['get', 'x', '--session', '/dev/null/file'], 'session /dev/null/file'],
    [['hold', 'node1', 'node9'], 'node9 is not a peer of this node'],
    [['hold', 'node1', 'node2', '--seconds', '0'], 'whole number from 1 to 3600'],
    [['hold', 'node1', 'node2', '--token', 'wrong'], 'requires the cluster token for faults'],
  ])('%j exits with 2 and says why', async (args, reason) => {
    const { exitCode, stdout, stderr } = await client(...args);
    expect(stderr).toContain(reason);
    expect(stderr).not.toContain('    at ');
    expect([exitCode, stdout]).toEqual([2, '']);
  });
});

describe('client.ts hold, state, release and heal', () => {
  it('hold a link, show what it causes, and release it', async () => {
    const held = await client('hold', 'node2', 'node3', '--seconds', '600');
    expect(held.stdout).toBe('node2 → node3  holds every write for 600 s, or until it is released');
    const { stdout } = await client('state', '--node', 'node2');
    expect(stdout).toMatch(/^node2 {2}ok {2}clock \{.*\}\n/);
    expect(stdout).toMatch(/\n {2}fault {2}node2 → node3: hold, ends by itself in \d{3} s$/);
    const released = await client('release', 'node2', 'node3', '--json');
    expect(JSON.parse(released.stdout)).toEqual({ faults: [] });
    expect((await client('heal')).stdout).toBe('no active fault');
  });

  it('name the nodes that do not respond', async () => {
    const nodes = ['--nodes', `${cluster.url('node1')},http://127.0.0.1:1`];
    for (const command of ['state', 'heal']) {
      const { exitCode, stdout } = await client(command, ...nodes);
      expect(stdout).toContain('no response from http://127.0.0.1:1 (ECONNREFUSED)');
      expect(exitCode).toBe(2);
    }
  });
});

describe('client.ts watch', () => {
  it('prints each write to keys with the prefix, until it is interrupted', async () => {
    const watching = client('watch', 'user:', '--node', 'node2');
    let output = '';
    watching.all.on('data', (chunk: Buffer) => {
      output += chunk.toString();
    });
    const seen = (text: string) =>
      vi.waitFor(() => expect(output).toContain(text), { timeout: 30_000, interval: 20 });
    await seen('watching keys that begin with user: at node2');
    await client('put', 'other', '1');
    await client('put', 'user:ada', '"x"', '--node', 'node3');
    await seen('user:ada = "x" by node3, clock {');
    await client('delete', 'user:ada');
    await seen('user:ada deleted by node1');
    watching.kill('SIGINT');
    expect((await watching).exitCode).toBe(130);
    expect(output).not.toContain('other');
  });
});

describe('the colours of client.ts', () => {
  const original = (environment: Record<string, string>) =>
    runClient(['original', '--nodes', cluster.urls.join(',')], { FORCE_COLOR: undefined, ...environment });

  it('appear in a pipe with FORCE_COLOR only', async () => {
    const plain = await original({});
    const coloured = await original({ FORCE_COLOR: '1' });
    expect(plain.stdout).toBe(stripVTControlCharacters(plain.stdout));
    expect(coloured.stdout).not.toBe(stripVTControlCharacters(coloured.stdout));
  });
});

describe('client.ts --help', () => {
  it.each([
    '',
    'put',
    'get',
    'delete',
    'watch',
    'state',
    'hold',
    'release',
    'heal',
    'check',
    'soak',
    'simulate',
  ])('documents the exit codes of "%s"', async (command) => {
    const { exitCode, stdout } = await runClient([...(command === '' ? [] : [command]), '--help']);
    expect([exitCode, stdout]).toEqual([0, expect.stringContaining('Exit codes: 0 ')]);
  });
});
