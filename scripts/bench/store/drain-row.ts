import { Replica } from '../../../vector-clock-kv-store/src/causality/replica.ts';
import type { Table } from '../compare/row.ts';
import { rounded, spreadOf } from '../compare/statistics.ts';
import { VALUE } from './workload.ts';

const [FEW, MANY] = [100_000, 200_000];

/** 3 measurements per round: each is short, so that one collection of garbage changes its ratio. */
const REPEATED = 3;

/** Draining the causal buffer after its last missing message. */
export const drainRow: Table = {
  kind: 'table',
  name: 'drain',
  title: 'Drain reversed messages from the causal buffer',
  limit:
    'Each message waits for one dependency that it misses: the work grows with the messages, not with the depth of the buffer.',
  async measure({ rounds }) {
    const few: number[] = [];
    const many: number[] = [];
    for (let round = 0; round < rounds * REPEATED; round++) {
      few.push(drainMs(FEW));
      many.push(drainMs(MANY));
    }
    const [fewMs, manyMs] = [spreadOf(few), spreadOf(many)];
    const ratio = spreadOf(many.map((ms, round) => ms / (few[round] ?? Number.NaN)));
    return {
      columns: ['messages', 'median ms', 'lowest', 'highest'],
      rows: [
        [FEW, fewMs.median, fewMs.lowest, fewMs.highest],
        [MANY, manyMs.median, manyMs.lowest, manyMs.highest],
      ],
      checks: [
        { what: `${FEW.toLocaleString('en-US')} messages`, value: fewMs.median, unit: 'ms', atMost: 1_000 },
        { what: 'twice the messages take', value: rounded(ratio.median), unit: 'times as long', atMost: 2.3 },
      ],
    };
  },
};

/** Returns how long it takes to receive messages in reverse order, and to deliver all with the last one. */
function drainMs(messages: number): number {
  const replica = new Replica('node1', {}, { writes: messages, bytes: Number.POSITIVE_INFINITY });
  const writes = Array.from({ length: messages }, (_, index) => ({
    sender: 'node2',
    key: `k${index}`,
    value: VALUE,
    vc: { node2: messages - index },
  }));
  const startedAt = performance.now();
  for (const write of writes) replica.receive(write);
  const tookMs = performance.now() - startedAt;
  if (replica.bufferDepth > 0) throw new Error(`${replica.bufferDepth} messages were not delivered`);
  return tookMs;
}
