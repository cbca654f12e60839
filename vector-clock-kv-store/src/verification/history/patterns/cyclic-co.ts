import { refer } from '../describe.ts';
import { tellWay, turnsOf } from '../evidence.ts';
import type { Execution } from '../execution.ts';
import type { Conviction } from '../verdict.ts';

/** CyclicCO: an operation precedes itself, by program order and write-read. `cycle` are the events of one. */
export function cyclicCo(execution: Execution, cycle: readonly number[]): Conviction {
  const way = closed(fromFirstWrite(execution, cycle));
  return {
    consistent: false,
    pattern: 'CyclicCO',
    operations: turnsOf(execution, way).map((event) => refer(execution, event)),
    explanation: 'These operations precede each other in a circle, so that one was seen before it was made.',
    evidence: tellWay(execution, way, () => ''),
  };
}

/** Back to where it began. */
function closed(cycle: readonly number[]): number[] {
  return [...cycle, ...cycle.slice(0, 1)];
}

/** Turns the cycle so that it begins with its first write: told from the middle of a session, it is hard to follow. */
function fromFirstWrite({ events }: Execution, cycle: readonly number[]): number[] {
  const writes = cycle.filter((id) => events[id]?.type === 'write');
  const first = writes.reduce((least, id) => Math.min(least, id));
  const start = cycle.indexOf(first);
  return [...cycle.slice(start), ...cycle.slice(0, start)];
}
