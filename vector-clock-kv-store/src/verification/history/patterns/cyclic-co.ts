import { arrowsAlong, formatPath, stepStarts } from '../causal-path.ts';
import type { Execution } from '../execution.ts';
import { referenceTo } from '../format-operation.ts';
import type { Violation } from '../verdict.ts';

/**
 * CyclicCO: an operation precedes itself, by program order and write-read.
 *
 * @param cycle the event ids of one cycle
 */
export function cyclicCoViolation(execution: Execution, cycle: readonly number[]): Violation {
  const rotated = startingAtFirstWrite(execution, cycle);
  const path = [...rotated, ...rotated.slice(0, 1)];
  return {
    consistent: false,
    pattern: 'CyclicCO',
    operations: stepStarts(execution, path).map((event) => referenceTo(execution, event)),
    explanation: 'These operations precede each other in a cycle: one of them was read before it was made.',
    evidence: formatPath(execution, path),
    arrows: arrowsAlong(execution, path),
  };
}

/** Rotates a cycle to its first write. Evidence that starts in the middle of a session is hard to follow. */
function startingAtFirstWrite({ events }: Execution, cycle: readonly number[]): number[] {
  const writes = cycle.filter((id) => events[id]?.type === 'write');
  const first = writes.reduce((least, id) => Math.min(least, id));
  const start = cycle.indexOf(first);
  return [...cycle.slice(start), ...cycle.slice(0, start)];
}
