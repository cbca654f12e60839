import { violation } from '../check-context.ts';
import type { Execution } from '../execution.ts';
import { formatValue, referenceTo } from '../format-operation.ts';
import type { Violation } from '../verdict.ts';

/** ThinAirRead: a read returned a value that nobody wrote. */
export function findThinAirRead(execution: Execution): Violation | undefined {
  for (const event of execution.events) {
    if (event.type !== 'read' || event.source.from !== 'nowhere') continue;
    const explanation = `${referenceTo(execution, event).text}: nobody wrote ${formatValue(event.operation.value)} to ${event.key}.`;
    return violation({ execution, edges: [] }, 'ThinAirRead', [event], explanation);
  }
  return undefined;
}
