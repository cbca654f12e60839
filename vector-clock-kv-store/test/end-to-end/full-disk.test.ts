import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Only root can mount a small file system. */
const isRoot = process.getuid?.() === 0;

/** Room for the values below, each of which is stored twice: in the log and under its key. */
const DISK_BYTES = 32 * 1024 * 1024;

const directory = temporaryDirectory();
const clockSchema = z.object({ vector_clock: z.record(z.string(), z.number()) });
let cluster: NodeProcesses;
let disk: string;
let log: string[];

beforeEach(async () => {
  disk = join(directory.path, 'node1');
  log = [];
  cluster = await NodeProcesses.plan({
    count: 3,
    dataRoot: directory.path,
    onLine: (_name, line) => log.push(line),
  });
  if (!isRoot) return;
  await mkdir(disk);
  await execa('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk]);
});

afterEach(async () => {
  await cluster.stop();
  if (isRoot) await execa('umount', [disk]);
});

/** Takes all remaining space of node1's disk. */
async function fill(): Promise<void> {
  await writeFile(join(disk, 'other-data'), Buffer.alloc(DISK_BYTES)).catch(() => {});
}

async function put(name: string, key: string, value: unknown) {
  const response = await fetch(`${cluster.url(name)}/put`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ key, value }),
  });
  return { status: response.status, text: await response.text() };
}

const get = async (name: string, path: string) => {
  const response = await fetch(cluster.url(name) + path);
  return { status: response.status, text: await response.text() };
};

const clock = async (name: string) => clockSchema.parse(JSON.parse((await get(name, '/')).text)).vector_clock;

/** 900 KB: more than the room that a full disk leaves inside the data file. */
const large = 'x'.repeat(900_000);

async function fillUntilReadOnly(): Promise<void> {
  await fill();
  await expect.poll(async () => (await put('node1', 'large', large)).status, { timeout: 30_000 }).toBe(503);
  await expect.poll(async () => (await get('node1', '/ready')).status, { timeout: 30_000 }).toBe(503);
}

describe.runIf(isRoot)('a node on a full disk', () => {
  it('serves reads, refuses writes of clients and peers, and resumes when there is room', async () => {
    await cluster.start(...cluster.names);
    expect((await put('node1', 'kept', 'before')).status).toBe(200);
    await fillUntilReadOnly();

    expect((await get('node1', '/ready')).text).toContain('is full');
    expect((await get('node1', '/get?key=kept')).text).toContain('before');
    expect((await get('node1', '/metrics')).text).toContain('kv_disk_full 1');
    const refused = await put('node1', 'kept', 'refused');
    expect(refused.status).toBe(503);
    expect(refused.text).toContain('disk-full');
    // Today's failure: the peer's next large write ended the node.
    for (let n = 0; n < 3; n++) expect((await put('node2', `peer-${n}`, large)).status).toBe(200);
    expect((await put('node3', 'kept', 'after')).status).toBe(200);
    expect((await get('node1', '/get?key=kept')).text).toContain('before');

    await rm(join(disk, 'other-data'));
    await expect.poll(async () => (await get('node1', '/ready')).status, { timeout: 50_000 }).toBe(200);
    // Also the write that found the disk full, whose client was refused.
    for (const name of cluster.names)
      await expect.poll(() => clock(name), { timeout: 30_000 }).toEqual({ node1: 2, node2: 3, node3: 1 });
    expect((await put('node1', 'kept', 'again')).status).toBe(200);
    expect(cluster.problems).toEqual([]);
    const said = log.filter((line) => line.includes('disk full: serving reads only'));
    expect(said).toHaveLength(1);
  });

  it('starts on a full disk, serves reads, and accepts writes once there is room', async () => {
    await cluster.start(...cluster.names);
    await put('node1', 'kept', 'before');
    await fillUntilReadOnly();
    await cluster.kill('node1');
    cluster.launch('node1');
    const read = () => get('node1', '/get?key=kept').catch(() => undefined);
    await expect.poll(async () => (await read())?.text, { timeout: 30_000 }).toContain('before');
    expect((await put('node1', 'large', large)).status).toBe(503);
    await rm(join(disk, 'other-data'));
    await expect
      .poll(async () => (await put('node1', 'kept', 'after')).status, { timeout: 50_000 })
      .toBe(200);
    expect(cluster.problems).toEqual([]);
  });

  it('stops on SIGTERM although a write waits for room', async () => {
    await cluster.start(...cluster.names);
    await fillUntilReadOnly();
    await cluster.stop();
    expect(log.filter((line) => /exiting|failed/.test(line))).toEqual([]);
  });
});

/** 2 MB. */
const FILE_LIMIT_BYTES = 2 * 1024 * 1024;

describe('a node that cannot write for another reason', () => {
  it('exits and says what LMDB reports, and starts again with what was acknowledged', async () => {
    const lines: string[] = [];
    const alone = await NodeProcesses.plan({
      count: 1,
      dataRoot: join(directory.path, 'alone'),
      onLine: (_name, line) => lines.push(line),
    });
    try {
      await alone.start('node1');
      const write = (key: string, value: string) =>
        fetch(`${alone.url('node1')}/put`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ key, value }),
        }).then(({ status }) => status);
      expect(await write('kept', 'before')).toBe(200);
      // Cuts writes short although the disk has room, as a failing disk does.
      await execa('prlimit', ['--pid', String(alone.pid('node1')), `--fsize=${FILE_LIMIT_BYTES}`]);
      const outcome = async () => write('large', large).catch(() => 'closed');
      await expect.poll(outcome, { timeout: 30_000 }).toBe('closed');
      await expect.poll(() => alone.isRunning('node1'), { timeout: 30_000 }).toBe(false);
      const fatal = lines.find((line) => line.includes('storage write failed')) ?? '';
      expect(fatal).toContain('LMDB cannot write to');
      expect(fatal).toContain('Input/output error');
      await alone.start('node1');
      expect(await (await fetch(`${alone.url('node1')}/get?key=kept`)).text()).toContain('before');
    } finally {
      await alone.stop();
    }
  });
});
