import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryArguments, freePort } from '@gridclock/local-service';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { NodeProcesses } from '../../vector-clock-kv-store/src/verification/soak/node-processes.ts';
import { localCluster } from '../../vector-clock-kv-store/test/support/local-cluster.ts';
import { type Exercise, outputPattern, parseExercise } from '../support/lab/exercise.ts';
import { Shell } from '../support/lab/shell.ts';
import { Workplace } from '../support/lab/workplace.ts';

const folder = new URL('../../docs/lab/', import.meta.url);
const client = fileURLToPath(new URL('../../vector-clock-kv-store/src/client.ts', import.meta.url));
const pages = (await readdir(folder)).filter((page) => /^\d/.test(page)).sort();

/** The ports that a page names, which another process may use. */
const PORTS = ['5101', '5102'];

describe('the lab', () => {
  let cluster: NodeProcesses;
  let workplace: Workplace;
  let shell: Shell;

  beforeEach(async () => {
    workplace = await Workplace.create();
    cluster = await localCluster({ dataRoot: join(workplace.path, 'out/lab/data') });
    await cluster.start('node1', 'node2', 'node3');
    shell = new Shell(workplace.path, { STORE_NODES: cluster.urls.join(',') });
  });

  afterEach(async () => {
    await shell.close();
    await cluster.stop();
    await workplace.remove();
  });

  it('has eight exercises', () => {
    expect(pages).toHaveLength(8);
  });

  it.each(pages)(
    'prints what %s shows for every command',
    async (page) => {
      const exercise = parseExercise(await readFile(new URL(page, folder), 'utf8'));
      const commands = exercise.steps.flatMap((step) => (step.kind === 'command' ? step.command : []));
      expect(commands.length).toBeGreaterThan(0);
      expect(exercise.typed).toEqual(commands);
      await shell.run(await definitionOfKv(exercise));
      const ports = await Promise.all(PORTS.map(() => freePort()));
      for (const step of exercise.steps) {
        if (step.kind === 'edit') {
          await workplace.edit(step);
          continue;
        }
        const { command, output } = step;
        const restored = /^git restore (\S+)$/.exec(command)?.[1];
        if (restored === undefined) {
          const adapted = PORTS.reduce(
            (text, port, index) => text.replaceAll(port, `${ports[index]}`),
            command,
          );
          expect(`$ ${command}\n${await shell.run(adapted)}`).toMatch(
            outputPattern(`$ ${command}\n${output}`),
          );
        } else await workplace.restore(restored);
      }
    },
    300_000,
  );
});

/** Students run the client with tsx. A bundle does the same in half the time, where they change nothing. */
async function definitionOfKv({ steps }: Exercise): Promise<string> {
  if (steps.every(({ kind }) => kind === 'command'))
    return `kv() { '${process.execPath}' ${entryArguments(client)
      .map((word) => `'${word}'`)
      .join(' ')} "$@"; }`;
  const setUp = await readFile(new URL('README.md', folder), 'utf8');
  return /^kv\(\) .*$/m.exec(setUp)?.[0] ?? 'false';
}
