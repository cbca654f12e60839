import { type CheckContext, violation } from '../check-context.ts';
import { formatValue, referenceTo } from '../format-operation.ts';
import type { Violation } from '../verdict.ts';

/** WriteCORead: a read returned a value that another write, in the read's past, had overwritten. */
export function findWriteCoRead(context: CheckContext): Violation | undefined {
  const { execution, observations, order } = context;
  for (const read of execution.events) {
    if (read.type !== 'read' || read.source.from !== 'write') continue;
    const { write } = read.source;
    const past = order.past(read);
    for (const ofSession of observations.of(read.key)) {
      const later = ofSession.successorIn(past, write, order);
      if (later === undefined) continue;
      const explanation = `${referenceTo(execution, read).text}, although ${referenceTo(execution, later).text} precedes it and overwrote ${formatValue(write.value)}.`;
      const operations = [write, later, read];
      const contradiction = { from: write, to: read, relation: 'reads from' } as const;
      return violation(context, 'WriteCORead', operations, explanation, operations, contradiction);
    }
  }
  return undefined;
}
