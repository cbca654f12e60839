import { execFileSync } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { failedProperties, formatJudgement, type Judgement } from '@gridclock/judge-kit';
import { entryArguments, freePort } from '@gridclock/local-service';
import { execa } from 'execa';
import { describe, expect, it } from 'vitest';
import { judge } from '../../src/verification/judge/run-judge.ts';
import { faults, judgedNode } from '../support/judged-nodes/faults.ts';
import { runClient } from '../support/run-client.ts';
import { temporaryDirectory } from '../support/temporary-directory.ts';

const directory = temporaryDirectory();
const own = fileURLToPath(new URL('../../src/node.ts', import.meta.url));

/** In milliseconds: a judgement takes 15 s on a quiet machine, most of which it waits. */
const TIMEOUT_MS = 300_000;

const options = { count: 3, profile: 'full', seconds: 3, seed: 1 } as const;

/** What a wrong judgement was founded on, for the message of a failing test. */
const describeRuns = (judgement: Judgement) => formatJudgement(judgement, () => []).join('\n');

describe('client.ts judge', { timeout: TIMEOUT_MS }, () => {
  // Only these properties: `npm run judge:matrix` judges all of each.
  it.concurrent.for(Object.entries(faults))('convicts %s', async ([fault, { wrong }]) => {
    const command = judgedNode('node', 'node.mjs', fault);
    const judgement = await judge({ ...options, command, only: wrong });
    expect(failedProperties(judgement).toSorted(), describeRuns(judgement)).toEqual(wrong.toSorted());
  });

  it.concurrent('draws what a node did with the messages of a failed run', async () => {
    const command = judgedNode('node', 'node.mjs', 'no-buffer');
    const { properties } = await judge({ ...options, seconds: 1, command, only: ['causality'] });
    const failed = properties.flatMap(({ probes }) => probes).find(({ outcome }) => outcome === 'failed');
    const deliveries = failed?.recording?.events.filter(({ kind }) => kind === 'deliver');
    const answer = expect.objectContaining({ key: 'answer', value: '"because"' });
    expect(deliveries).toContainEqual(expect.objectContaining({ host: 'node3', write: answer }));
  });

  it.concurrent("acquits the store's own node in every property", async () => {
    const command = [process.execPath, ...entryArguments(own)].join(' ');
    const { properties, dialect } = await judge({ ...options, command });
    expect(properties.filter(({ outcome }) => outcome !== 'passed')).toEqual([]);
    // On an overloaded machine, `deep buffer` notes that the node was late.
    const restart = properties.find(({ property }) => property === 'restart');
    expect(restart?.probes.flatMap(({ notes }) => notes)).toEqual([]);
    expect(dialect).toEqual([]);
  });

  it.concurrent('recognises the dialect of a right sibling and acquits it', async () => {
    const only = [
      'replication',
      'clocks',
      'buffering',
      'causality',
      'loss',
      'convergence',
      'session guarantees',
      'restart',
    ] as const;
    // 8 s, as by default: it sends one message at a time, and so has many left in the end.
    const command = judgedNode('node', 'sibling.mjs');
    const judgement = await judge({ ...options, seconds: 8, only, command });
    expect(failedProperties(judgement), describeRuns(judgement)).toEqual([]);
    expect(judgement.dialect).toEqual([
      'NODE_ID is a number',
      'PEERS without scheme',
      'writes by POST /write',
      'reads by GET /read/{key}',
      'messages have `node_id` for `sender`',
      'messages have `vector_clock` for `vc`',
      'senders are JSON numbers',
      'clocks are lists',
      'answers have `vector_clock` for `vc`',
      'GET /state shows no buffer',
      'no route shows the clock',
    ]);
  });

  it.concurrent('judges no session guarantees where answers have no clock', async () => {
    const command = judgedNode('node', 'sibling.mjs', 'mute');
    const only = ['replication', 'session guarantees'] as const;
    const { properties, dialect } = await judge({ ...options, command, only });
    expect(properties.map(({ outcome }) => outcome)).toEqual(['passed', 'not judged']);
    expect(dialect).toContain('answers carry no clock');
  });

  it.concurrent('judges coursework by its brief alone', async () => {
    const command = judgedNode('node', 'node.mjs', 'sends-once');
    expect(failedProperties(await judge({ ...options, command, profile: 'coursework' }))).toEqual([]);
  });

  it.skipIf(!hasPython()).concurrent('acquits a right node in Python (skipped without python3)', async () => {
    const only = [
      'clocks',
      'delivery rule',
      'buffering',
      'duplicates',
      'loss',
      'restart',
      'bad input',
    ] as const;
    const judgement = await judge({ ...options, only, command: judgedNode('python3', 'node.py') });
    expect(failedProperties(judgement), describeRuns(judgement)).toEqual([]);
    expect(judgement.dialect).toEqual([]);
  });

  it('acquits a right node, in its reports too', async () => {
    const [junit, report] = [join(directory.path, 'junit.xml'), join(directory.path, 'report.html')];
    const args = ['judge', '--node', judgedNode('node', 'node.mjs'), '--seconds', '1'];
    const files = ['--only', 'clocks', '--only', 'causality', '--junit', junit, '--report', report];
    const { stdout, exitCode } = await runClient([...args, ...files], { NO_COLOR: '1' });
    expect(stdout).toMatch(/RIGHT {2}2 passed, 0 failed, 0 not judged/);
    expect(exitCode).toBe(0);
    expect(await readFile(junit, 'utf8')).toContain('failures="0" errors="0" skipped="0"');
    expect(await readFile(report, 'utf8')).toContain('Right');
  });

  it('judges a running cluster as its clients see it', async () => {
    const peers = await Promise.all(
      ['node1', 'node2', 'node3'].map(async (id) => ({ id, port: await freePort() })),
    );
    const nodes = peers.map(({ id, port }) =>
      execa('node', [fileURLToPath(new URL('../support/judged-nodes/node.mjs', import.meta.url))], {
        reject: false,
        env: {
          NODE_ID: id,
          PORT: String(port),
          PEERS: peers
            .filter((peer) => peer.id !== id)
            .map((peer) => `${peer.id}=http://127.0.0.1:${peer.port}`)
            .join(','),
        },
      }),
    );
    const urls = peers.map(({ port }) => `http://127.0.0.1:${port}`);
    try {
      await expect
        .poll(
          () =>
            Promise.all(
              urls.map((url) =>
                fetch(url).then(
                  ({ ok }) => ok,
                  () => false,
                ),
              ),
            ),
          { timeout: 60_000 },
        )
        .toEqual([true, true, true]);
      const { stdout, exitCode } = await runClient(['--nodes', urls.join(','), 'judge', '--seconds', '1'], {
        NO_COLOR: '1',
      });
      expect(stdout).toMatch(/RIGHT {2}5 passed, 0 failed, 7 not judged/);
      expect(exitCode).toBe(0);
    } finally {
      for (const node of nodes) node.kill('SIGKILL');
      await Promise.all(nodes);
    }
  });

  // The seconds are enough for what the program does first, on a busy machine.
  it.for<[what: string, startSeconds: number, program: string, says: RegExp]>([
    [
      'exits',
      60,
      'throw new Error("PEERS is missing")',
      /exited during its start \(exit code 1\)\. .*PEERS is missing/s,
    ],
    ['ignores PORT', 2, 'setInterval(() => {}, 1000)', /nothing listens on PORT=\d+ .* It printed nothing/],
    [
      'hangs',
      10,
      'require("node:net").createServer().listen(process.env.PORT)',
      /listens on PORT=\d+ but has not responded within 10 s/,
    ],
  ])('says that a program %s, and exits with 2', async ([, startSeconds, program, says]) => {
    const [file, junit] = [join(directory.path, 'program.cjs'), join(directory.path, 'junit.xml')];
    await writeFile(file, program);
    const args = [
      'judge',
      '--node',
      `node ${file}`,
      '--start-seconds',
      String(startSeconds),
      '--junit',
      junit,
    ];
    const { stderr, exitCode } = await runClient(args);
    expect(stderr).toMatch(says);
    expect(exitCode).toBe(2);
    expect(await readFile(junit, 'utf8')).toMatch(/<error message="[^"]*program/);
  });
});

function hasPython(): boolean {
  try {
    execFileSync('python3', ['--version'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}
