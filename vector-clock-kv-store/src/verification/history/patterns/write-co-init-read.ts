import { type CheckContext, violation } from '../check-context.ts';
import type { ReadEvent, WriteEvent } from '../execution.ts';
import { referenceTo } from '../format-operation.ts';
import type { Violation } from '../verdict.ts';

/**
 * WriteCOInitRead: a read found nothing although a write of the key precedes it.
 *
 * A read that finds nothing may have seen a deletion, but cannot say which. It is a violation only if it
 * can have seen none: every deletion depends on the read or was overwritten in the read's past.
 */
export function findWriteCoInitRead(context: CheckContext): Violation | undefined {
  const { execution, observations, order } = context;
  for (const read of execution.events) {
    if (read.type !== 'read' || (read.source.from !== 'initial' && read.source.from !== 'absence')) continue;
    const past = order.past(read);
    for (const ofSession of observations.of(read.key)) {
      const write = ofSession.firstIn(past);
      if (write === undefined) continue;
      const deletions = execution.deletions.get(read.key) ?? [];
      if (deletions.some((deletion) => mayHaveSeen(context, read, deletion))) break;
      const exclusion =
        deletions.length === 0
          ? ''
          : ' Every deletion of the key depends on this read or was overwritten before it.';
      const explanation = `${referenceTo(execution, read).text}, although ${referenceTo(execution, write).text} precedes it.${exclusion}`;
      // What it found was there before the write.
      const contradiction = { from: read, to: write, relation: 'reads from' } as const;
      const operations = [write, read];
      return violation(context, 'WriteCOInitRead', operations, explanation, operations, contradiction);
    }
  }
  return undefined;
}

function mayHaveSeen({ order, observations }: CheckContext, read: ReadEvent, deletion: WriteEvent): boolean {
  if (order.precedes(read, deletion)) return false;
  const past = order.past(read);
  return !observations
    .of(read.key)
    .some((ofSession) => ofSession.successorIn(past, deletion, order) !== undefined);
}
