import { readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { CausalClient } from '../../src/causal-client.ts';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { localCluster } from '../support/local-cluster.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

/** EX_DATAERR. */
const DAMAGED = 65;

const directory = temporaryDirectory();
let cluster: NodeProcesses;

afterEach(() => cluster.stop());

async function stateOf(name: string): Promise<unknown> {
  const { store } = JSON.parse(await (await fetch(`${cluster.url(name)}/state`)).text());
  return store;
}

it('is named by the node, which refills from its peers without the journal', async () => {
  const lines: string[] = [];
  cluster = await localCluster({ dataRoot: directory.path, onLine: (_name, line) => lines.push(line) });
  await cluster.start(...cluster.names);
  const client = new CausalClient({ nodes: [cluster.url('node1')] });
  for (let n = 0; n < 50; n++) await client.put(`k${n}`, n, { acks: 3 });
  await cluster.kill('node1');
  const file = join(directory.path, 'node1', 'journal-1');
  const bytes = await readFile(file);
  // In the first record.
  bytes.writeUInt8(bytes.readUInt8(560) ^ 1, 560);
  await writeFile(file, bytes);
  cluster.launch('node1');
  await expect.poll(() => cluster.isRunning('node1'), { timeout: 30_000 }).toBe(false);
  expect(cluster.problems.join()).toContain(`node1 exited unexpectedly with ${DAMAGED}`);
  expect(lines.join('\n')).toContain(`${file} is damaged: the record at byte 512`);
  expect(lines.join('\n')).toContain(`mv ${file} ${file}.damaged`);

  await rename(file, `${file}.damaged`);
  await cluster.start('node1');
  expect(await stateOf('node1')).toEqual(await stateOf('node2'));
  await client.put('k0', 'written after', { acks: 3 });
});
