import { convict, type Judgement } from '../check-context.ts';
import { refer, show } from '../describe.ts';
import type { Conviction } from '../verdict.ts';

/** WriteCORead: a read returned a write that another write of the key, in the read's past, had overwritten. */
export function findWriteCoRead(judgement: Judgement): Conviction | undefined {
  const { execution, sightings, order } = judgement;
  for (const read of execution.events) {
    if (read.type !== 'read' || read.source.from !== 'write') continue;
    const { write } = read.source;
    const past = order.past(read);
    for (const ofSession of sightings.of(read.key)) {
      const later = ofSession.successorWithin(past, write, order);
      if (later === undefined) continue;
      const explanation = `${refer(execution, read).text}, although ${refer(execution, later).text} precedes it and came after ${show(write.value)}.`;
      return convict(judgement, 'WriteCORead', [write, later, read], explanation, [write, later, read]);
    }
  }
  return undefined;
}
