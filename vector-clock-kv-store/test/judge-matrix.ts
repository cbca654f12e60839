// Judges every fixture in full, some times over: `npm run judge:matrix -- [rounds]`. It takes about 8 minutes a round, so
// CI runs test/end-to-end/judge.test.ts instead. Exit code 1: a right node was convicted, or a faulty one acquitted.
import { fileURLToPath } from 'node:url';
import { failedProperties } from '@gridclock/judge-kit';
import { judge } from '../src/verification/judge/run-judge.ts';
import { faults, judgedNode } from './support/judged-nodes/faults.ts';

const rounds = Number(process.argv[2] ?? 1);
const own = `npx tsx ${fileURLToPath(new URL('../src/node.ts', import.meta.url))}`;
const right = [
  judgedNode('node', 'node.mjs'),
  judgedNode('node', 'sibling.mjs'),
  judgedNode('node', 'sibling.mjs', 'mute'),
  judgedNode('python3', 'node.py'),
  own,
];
let mistakes = 0;
// An exit stops the judged programs; without a handler, these signals would not cause one.
process.once('SIGINT', () => process.exit(130)).once('SIGTERM', () => process.exit(143));

for (let round = 1; round <= rounds; round++) {
  for (const command of right) await report(round, command, [], []);
  for (const [fault, { wrong, also }] of Object.entries(faults))
    await report(round, judgedNode('node', 'node.mjs', fault), wrong, also);
}
console.log(`${rounds} rounds, ${mistakes} mistakes`);
process.exitCode = mistakes === 0 ? 0 : 1;

async function report(round: number, command: string, wrong: readonly string[], also: readonly string[]) {
  const judgement = await judge({ command, count: 3, profile: 'full', seconds: 8, seed: round });
  const failed: string[] = failedProperties(judgement);
  const missed = wrong.filter((property) => !failed.includes(property));
  const unexpected = failed.filter((property) => ![...wrong, ...also].includes(property));
  const isMistake = missed.length + unexpected.length > 0;
  if (isMistake) mistakes++;
  const seconds = (judgement.elapsedMs / 1_000).toFixed(0);
  const name = command.split('/').at(-1);
  console.log(`${isMistake ? 'MISTAKE' : 'ok'}  ${name}  ${seconds} s  ${failed.join(', ') || 'right'}`);
  for (const { property, probes } of judgement.properties)
    for (const { outcome, reason } of probes)
      if (outcome === 'failed' && (isMistake || process.argv.includes('--reasons')))
        console.log(`    ${property}: ${reason}`);
}
