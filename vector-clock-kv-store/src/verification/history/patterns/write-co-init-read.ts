import { convict, type Judgement } from '../check-context.ts';
import { refer } from '../describe.ts';
import type { ReadEvent, WriteEvent } from '../execution.ts';
import type { Conviction } from '../verdict.ts';

/**
 * WriteCOInitRead: a read found nothing although a write of the key precedes it.
 *
 * Finding nothing may also mean a deletion, and a read cannot say which. It is convicted only when no deletion
 * can be what it saw: each either depends on the read or is overwritten in the read's past.
 */
export function findWriteCoInitRead(judgement: Judgement): Conviction | undefined {
  const { execution, sightings, order } = judgement;
  for (const read of execution.events) {
    if (read.type !== 'read' || (read.source.from !== 'initial' && read.source.from !== 'absence')) continue;
    const past = order.past(read);
    for (const ofSession of sightings.of(read.key)) {
      const write = ofSession.firstWithin(past);
      if (write === undefined) continue;
      const deletions = execution.deletions.get(read.key) ?? [];
      if (deletions.some((deletion) => mayHaveSeen(judgement, read, deletion))) break;
      const but =
        deletions.length === 0
          ? ''
          : ' Each of its deletions depends on this read or was overwritten before it.';
      const explanation = `${refer(execution, read).text}, although ${refer(execution, write).text} precedes it.${but}`;
      return convict(judgement, 'WriteCOInitRead', [write, read], explanation, [write, read]);
    }
  }
  return undefined;
}

function mayHaveSeen({ order, sightings }: Judgement, read: ReadEvent, deletion: WriteEvent): boolean {
  if (order.precedes(read, deletion)) return false;
  const past = order.past(read);
  return !sightings
    .of(read.key)
    .some((ofSession) => ofSession.successorWithin(past, deletion, order) !== undefined);
}
