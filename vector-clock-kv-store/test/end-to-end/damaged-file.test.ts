import { cp, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import { freePort, startLocalService } from '@gridclock/local-service';
import { SeededRandom } from '@gridclock/simulation-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { CausalClient } from '../../src/causal-client.ts';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';
import { damageFile, damageKinds } from '../support/damage-file.ts';
import { localCluster } from '../support/local-cluster.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const stateSchema = z.object({ store: z.record(z.string(), z.unknown()) });
const readState = async (url: string) => stateSchema.parse(await (await fetch(`${url}/state`)).json()).store;

/** EX_DATAERR of sysexits.h. */
const DAMAGED = 65;

/** Starts node1 without peers. Resolves to its answers, or to how it exited and what it said. */
async function start(dataDirectory: string) {
  const lines: string[] = [];
  const service = startLocalService({
    name: 'node1',
    entryFile: nodeEntry,
    port: await freePort(),
    environment: { NODE_ID: 'node1', DATA_DIR: dataDirectory, LOG_LEVEL: 'warn' },
    onLine: (line) => lines.push(line),
  });
  const ready = await service.ready().then(
    () => true,
    () => false,
  );
  return { service, ready, lines };
}

describe('a node with a damaged data file', () => {
  it('says so in one line with exit code 65, or serves what was stored: 36 damages', {
    timeout: 240_000,
  }, async () => {
    const original = join(directory.path, 'original');
    const first = await start(original);
    const client = new CausalClient({ nodes: [first.service.url] });
    for (let n = 0; n < 300; n++) await client.put(`k${n % 120}`, 'v'.repeat(n % 40 === 0 ? 9_000 : 60) + n);
    await client.remove('k7');
    const stored = await readState(first.service.url);
    await first.service.stop();

    const unexpected: string[] = [];
    let refused = 0;
    const damageAndStart = async (seed: number) => {
      const damaged = join(directory.path, `damaged-${seed}`);
      await cp(original, damaged, { recursive: true });
      const kind = damageKinds[seed % damageKinds.length] ?? 'truncated';
      const damage = `seed ${seed}: ${await damageFile(join(damaged, 'data.mdb'), kind, new SeededRandom(seed))}`;
      const { service, ready, lines } = await start(damaged);
      if (ready) {
        const served = await readState(service.url);
        if (JSON.stringify(served) !== JSON.stringify(stored)) unexpected.push(`${damage} served other data`);
        await service.stop();
        return;
      }
      const { exitCode, signal } = await service.exited;
      const [line = '', ...more] = lines;
      const named = line.includes(`${join(damaged, 'data.mdb')} is damaged`) && line.includes('mv ');
      if (exitCode === DAMAGED && named && more.length === 0) refused++;
      else unexpected.push(`${damage} exited with ${exitCode ?? signal}: ${lines.join('\n')}`);
    };
    for (let seed = 1; seed <= 36; seed += 3)
      await Promise.all([damageAndStart(seed), damageAndStart(seed + 1), damageAndStart(seed + 2)]);
    expect(unexpected).toEqual([]);
    expect(refused).toBeGreaterThan(15);
  });
});

describe('the remedy for a damaged data file', () => {
  let cluster: NodeProcesses;

  afterEach(() => cluster.stop());

  it('refills the node from its peers', async () => {
    const lines: string[] = [];
    cluster = await localCluster({ dataRoot: directory.path, onLine: (_name, line) => lines.push(line) });
    await cluster.start(...cluster.names);
    const client = new CausalClient({ nodes: [cluster.url('node1')] });
    for (let n = 0; n < 50; n++) await client.put(`k${n}`, n, { acks: 3 });
    await cluster.kill('node1');
    const file = join(directory.path, 'node1', 'data.mdb');
    await damageFile(file, 'truncated', new SeededRandom(3));
    cluster.launch('node1');
    await expect.poll(() => cluster.isRunning('node1'), { timeout: 30_000 }).toBe(false);
    expect(cluster.problems.join()).toContain(`node1 exited unexpectedly with ${DAMAGED}`);
    expect(lines.join('\n')).toContain(`mv ${file} ${file}.damaged`);

    await rename(file, `${file}.damaged`);
    await cluster.start('node1');
    expect(await readState(cluster.url('node1'))).toEqual(await readState(cluster.url('node2')));
    expect(await readdir(join(directory.path, 'node1'))).toContain('data.mdb.damaged');
  });
});
