import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryDirectory } from '@gridclock/local-service';
import { VERSION } from '@gridclock/service-kit';
import { SeededRandom } from '@gridclock/simulation-kit';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CausalClient } from '../../src/causal-client.ts';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';
import { damageFile } from '../support/damage-file.ts';
import { OperatedCluster } from '../support/operated-cluster.ts';
import { bundleNodeOf, previousRelease } from '../support/previous-release.ts';
import { procedureTitles } from '../support/procedures.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** Only root can mount a small file system. */
const isRoot = process.getuid?.() === 0;

const directory = temporaryDirectory();
const members = ['node1', 'node2', 'node3'];
const membersSchema = z.object({ peers: z.array(z.object({ id: z.string() })) });
const followed = new Set<string>();
let cluster: OperatedCluster;

beforeEach(async () => {
  cluster = await OperatedCluster.plan(directory.path);
});

afterEach(() => cluster.stop());

/** Writes keys that all members have stored. */
async function write(prefix: string, count = 20): Promise<void> {
  const client = new CausalClient({ nodes: [cluster.url('node1')] });
  for (let n = 0; n < count; n++) await client.put(`${prefix}${n}`, `${prefix} ${n}`, { acks: 3 });
}

/** Follows a procedure of docs/operations.md. */
function follow(title: string, beforeCommands?: () => Promise<void>): Promise<string> {
  followed.add(title);
  return cluster.follow(title, beforeCommands);
}

/** Writes keys that node3 acknowledges, and sends to nobody for 3 s. */
async function writeUnsent(): Promise<void> {
  const node = cluster.url('node3');
  const { peers } = membersSchema.parse(await (await fetch(`${node}/members`)).json());
  for (const { id } of peers) {
    const fault = { peer: id, action: 'hold', duration_ms: 3_000 };
    const headers = { 'content-type': 'application/json' };
    const response = await fetch(`${node}/faults`, { method: 'POST', headers, body: JSON.stringify(fault) });
    expect(response.status).toBe(200);
  }
  for (let n = 0; n < 20; n++) await new CausalClient({ nodes: [node] }).put(`unsent${n}`, n);
}

/** A node replicates if a write on it reaches all the others. */
async function expectReplication(names: readonly string[]): Promise<void> {
  for (const name of names) {
    await new CausalClient({ nodes: [cluster.url(name)] }).put(`from ${name}`, name, { acks: names.length });
  }
  const [first = '', ...others] = names;
  for (const name of others) {
    const differs = async () => {
      const [one, other] = await Promise.all([cluster.store(first), cluster.store(name)]);
      return Object.keys({ ...one, ...other }).filter((key) => one[key] !== other[key]);
    };
    await expect.poll(differs, { timeout: 20_000 }).toEqual([]);
  }
}

describe('docs/operations.md', () => {
  it('shows the state of a node', async () => {
    await cluster.start(members);
    const printed = await follow('Check the state of a node');
    expect(printed).toContain('"status":"ready"');
    expect(printed).toContain('"vector_clock"');
  });

  it('replaces the cluster token while clients write to all nodes', async () => {
    const file = join(directory.path, 'cluster_token');
    await writeFile(file, 'the-first-token\n');
    await cluster.start(members, { CLUSTER_TOKEN_FILE: file });
    let writing = true;
    const written: string[] = [];
    const writers = members.map(async (name) => {
      const client = new CausalClient({ nodes: [cluster.url(name)] });
      for (let n = 0; writing; n++) {
        await client.put(`${name} ${n}`, n, { acks: 3 });
        written.push(`${name} ${n}`);
      }
    });
    await Promise.all([follow('Replace the cluster token').finally(() => (writing = false)), ...writers]);
    expect(written.length).toBeGreaterThan(100);
    for (const name of members) {
      const metrics = await (await fetch(`${cluster.url(name)}/metrics`)).text();
      expect(metrics.split('\n').filter((line) => line.includes('status="401"'))).toEqual([]);
      expect(Object.keys(await cluster.store(name))).toEqual(expect.arrayContaining(written));
    }
    const post = (token: string) =>
      fetch(`${cluster.url('node1')}/snapshot`, { headers: { authorization: `Bearer ${token}` } });
    expect((await post('the-first-token')).status).toBe(401);
    expect((await post((await readFile(file, 'utf8')).trim())).status).toBe(200);
  });

  it('backs up a node while it runs, and restores a cluster that lost everything', async () => {
    await cluster.start(members);
    await write('kept');
    const writer = new CausalClient({ nodes: [cluster.url('node1')] });
    let writing = true;
    const writes = (async () => {
      for (let n = 0; writing; n++) await writer.put(`during ${n % 50}`, n);
    })();
    expect(await follow('Back up')).toContain('no damage');
    writing = false;
    await writes;
    await write('lost');
    await follow('Restore after all nodes lost their data');
    const restored = await cluster.store('node1');
    expect(restored).toMatchObject({ kept0: 'kept 0', kept19: 'kept 19' });
    expect(restored).not.toHaveProperty('lost0');
    for (const name of members) expect(await cluster.store(name)).toEqual(restored);
    await expectReplication(members);
  });

  it('replaces a lost disk', async () => {
    await cluster.start(members);
    await write('kept');
    await follow('Replace a lost disk');
    expect(await cluster.store('node3')).toEqual(await cluster.store('node1'));
    await expectReplication(members);
  });

  it('recovers two lost disks of three', async () => {
    await cluster.start(members);
    await write('kept');
    await follow('Recover two lost disks of three');
    for (const name of members) expect(Object.keys(await cluster.store(name))).toHaveLength(20);
    await expectReplication(members);
  });

  it('adds a node', async () => {
    await cluster.start(members);
    await write('kept');
    await follow('Add a node');
    expect(await cluster.store('node4')).toEqual(await cluster.store('node1'));
    await expectReplication([...members, 'node4']);
  });

  it('removes a node, whose last writes the others have', async () => {
    await cluster.start(members, { FAULTS: '1' });
    await write('kept');
    await follow('Remove a node', writeUnsent);
    const listed = async (): Promise<unknown> => (await fetch(`${cluster.url('node2')}/members`)).json();
    await expect.poll(listed).toMatchObject({ peers: [{ id: 'node1' }], removed: ['node3'] });
    await expectReplication(['node1', 'node2']);
    expect(await cluster.store('node1')).toMatchObject({ kept0: 'kept 0', unsent0: 0, unsent19: 19 });
  });

  it('replaces a node by one with another name, which has its last writes', async () => {
    await cluster.start(members, { FAULTS: '1' });
    await write('kept');
    await follow('Replace a node by another one', writeUnsent);
    await expectReplication(['node1', 'node2', 'node4']);
    expect(await cluster.store('node4')).toMatchObject({ kept0: 'kept 0', unsent0: 0, unsent19: 19 });
  });

  it('moves a node to another URL', async () => {
    await cluster.start(members);
    await write('kept');
    const before = cluster.url('node3');
    await follow('Move a node');
    expect(cluster.url('node3')).not.toBe(before);
    expect(await cluster.store('node3')).toMatchObject({ kept0: 'kept 0', kept19: 'kept 19' });
    await expectReplication(members);
  });

  it('upgrades node by node, from the previous release where the clone has it', async () => {
    const bundle = await createTemporaryDirectory();
    try {
      if (previousRelease !== undefined) cluster.entryFile = await bundleNodeOf(previousRelease, bundle.path);
      await cluster.start(members);
      cluster.entryFile = nodeEntry;
      await write('kept');
      const printed = await follow('Upgrade node by node');
      const release = `"version":"${VERSION}"\n"wire":{"reads":[1,2],"writes":2}\n`;
      expect(printed.split(release)).toHaveLength(4);
      for (const name of members) expect(Object.keys(await cluster.store(name))).toHaveLength(20);
      await expectReplication(members);
    } finally {
      await cluster.stop();
      await bundle.remove();
    }
  });

  it.runIf(isRoot)('frees a full disk', async () => {
    const disk = join(directory.path, 'node1');
    await mkdir(disk);
    await execa('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk]);
    try {
      await cluster.start(members);
      await writeFile(join(disk, 'what-you-can-spare'), Buffer.alloc(16 * 1024 * 1024)).catch(() => {});
      const put = () => new CausalClient({ nodes: [cluster.url('node1')] }).put('large', 'x'.repeat(900_000));
      await expect.poll(() => put().then(String, String), { timeout: 30_000 }).toContain('full');
      await follow('Free a full disk');
      await expectReplication(members);
    } finally {
      await cluster.stop();
      await execa('umount', [disk]);
    }
  });

  it('restores snapshots of several nodes, which then take new ids', async () => {
    await cluster.start(members);
    await write('kept');
    await follow('Restore snapshots of several nodes');
    for (const name of members) {
      const heartbeat: unknown = await (await fetch(cluster.url(name))).json();
      expect(heartbeat).toMatchObject({ clock_id: expect.stringMatching(`^${name}~`) });
      expect(Object.keys(await cluster.store(name))).toHaveLength(20);
    }
    await expectReplication(members);
  });

  it('repairs a damaged data file', async () => {
    await cluster.start(members);
    await write('kept');
    await cluster.kill('node1');
    const folder = join(directory.path, 'node1');
    await damageFile(join(folder, 'data.mdb'), 'truncated', new SeededRandom(3));
    const { exitCode } = await cluster.launch('node1').exited;
    expect(exitCode).toBe(65);
    await follow('Repair a damaged data file');
    expect(await cluster.store('node1')).toEqual(await cluster.store('node2'));
    expect(await readdir(folder)).not.toContain('data.mdb.damaged');
    await expectReplication(members);
  });

  it('has no procedure that is not run above', () => {
    if (!isRoot) followed.add('Free a full disk');
    expect([...followed].sort()).toEqual([...procedureTitles].sort());
  });
});
