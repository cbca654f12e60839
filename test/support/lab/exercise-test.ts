import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { entryArguments, freePort } from '@gridclock/local-service';
import { expect, onTestFinished, test } from 'vitest';
import { localCluster } from '../../../vector-clock-kv-store/test/support/local-cluster.ts';
import { type Exercise, outputPattern, parseExercise } from './exercise.ts';
import { Shell } from './shell.ts';
import { Workplace } from './workplace.ts';

const folder = new URL('../../../docs/lab/', import.meta.url);
const client = fileURLToPath(new URL('../../../vector-clock-kv-store/src/client.ts', import.meta.url));

/** The ports that a page names, which another process may use. */
const PORTS = ['5101', '5102'];

/** 5 min: a busy machine takes four times as long as an idle one. */
const TIMEOUT_MS = 300_000;

/** Defines the test of an exercise: types every command of its page, makes its edits, and compares every output. */
export function testExercise(page: string): void {
  test(
    `exercise ${page} prints what it shows for every command`,
    async () => {
      const exercise = parseExercise(await readFile(new URL(page, folder), 'utf8'));
      const commands = exercise.steps.flatMap((step) => (step.kind === 'command' ? step.command : []));
      expect(commands.length).toBeGreaterThan(0);
      expect(exercise.typed).toEqual(commands);
      const workplace = await Workplace.create();
      onTestFinished(workplace.remove);
      const cluster = await localCluster({ dataRoot: join(workplace.path, 'out/lab/data') });
      onTestFinished(() => cluster.stop());
      await cluster.start('node1', 'node2', 'node3');
      const shell = new Shell(workplace.path, { STORE_NODES: cluster.urls.join(',') });
      onTestFinished(() => shell.close());
      await shell.run(await definitionOfKv(exercise));
      await follow(exercise, { workplace, shell });
    },
    TIMEOUT_MS,
  );
}

/** Does what a page says, step by step. */
async function follow({ steps }: Exercise, { shell, workplace }: { shell: Shell; workplace: Workplace }) {
  const ports = await Promise.all(PORTS.map(() => freePort()));
  for (const step of steps) {
    if (step.kind === 'edit') {
      await workplace.edit(step);
      continue;
    }
    const { command, output } = step;
    const restored = /^git restore (\S+)$/.exec(command)?.[1];
    if (restored === undefined) {
      const adapted = PORTS.reduce((text, port, index) => text.replaceAll(port, `${ports[index]}`), command);
      expect(`$ ${command}\n${await shell.run(adapted)}`).toMatch(outputPattern(`$ ${command}\n${output}`));
    } else await workplace.restore(restored);
  }
}

/** Students run the client with tsx. A bundle does the same in half the time, where they change nothing. */
async function definitionOfKv({ steps }: Exercise): Promise<string> {
  if (steps.every(({ kind }) => kind === 'command'))
    return `kv() { '${process.execPath}' ${entryArguments(client)
      .map((word) => `'${word}'`)
      .join(' ')} "$@"; }`;
  const setUp = await readFile(new URL('README.md', folder), 'utf8');
  return /^kv\(\) .*$/m.exec(setUp)?.[0] ?? 'false';
}
