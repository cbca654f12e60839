import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Property } from '../../src/verification/judge/properties.ts';
import { judge } from '../../src/verification/judge/run-judge.ts';
import { failedProperties } from '../../src/verification/judge/verdict.ts';
import { runClient } from '../support/run-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const nodes = fileURLToPath(new URL('../support/judged-nodes', import.meta.url));
const javascript = `node ${join(nodes, 'node.mjs')}`;

/** In milliseconds: a judgement takes 30 s on a quiet machine, most of which it waits. */
const TIMEOUT_MS = 300_000;

const options = { count: 3, profile: 'full', seconds: 3, seed: 1 } as const;

/** Each faulty node of judged-nodes/node.mjs, with the properties in which it is wrong. */
const faults: [fault: string, wrong: Property[]][] = [
  ['no-buffer', ['delivery rule', 'buffering', 'causality', 'duplicates']],
  ['no-sender-check', ['delivery rule', 'buffering']],
  ['last-applied-wins', ['convergence']],
  ['forgets', ['buffering']],
  ['counter-reuse', ['restart']],
  ['no-dedup', ['duplicates']],
  ['recursion', ['deep buffer']],
  ['wrong-merge', ['clocks']],
  ['sends-once', ['loss']],
];

describe('client.ts judge', { timeout: TIMEOUT_MS }, () => {
  it.concurrent.for(faults)('convicts %s', async ([fault, wrong]) => {
    const failed = failedProperties(await judge({ ...options, command: `${javascript} ${fault}` }));
    expect(failed).toEqual(expect.arrayContaining(wrong));
  });

  it('acquits a right node, in its reports too', async () => {
    const [junit, report] = [join(directory.path, 'junit.xml'), join(directory.path, 'report.html')];
    const args = ['judge', '--node', javascript, '--seconds', '3', '--junit', junit, '--report', report];
    const { stdout, exitCode } = await runClient(args, { NO_COLOR: '1' });
    expect(stdout).toMatch(/RIGHT {2}12 passed, 0 failed, 0 not judged/);
    expect(exitCode).toBe(0);
    expect(await readFile(junit, 'utf8')).toContain('failures="0" skipped="0"');
    expect(await readFile(report, 'utf8')).toContain('Right');
  });

  it('exits with 2 for a program that follows the contract in no way', async () => {
    const program = join(directory.path, 'program.mjs');
    await writeFile(program, 'throw new Error("PEERS is missing")');
    const { stderr, exitCode } = await runClient(['judge', '--node', `node ${program}`]);
    expect(stderr).toContain('PEERS is missing');
    expect(exitCode).toBe(2);
  });
});
