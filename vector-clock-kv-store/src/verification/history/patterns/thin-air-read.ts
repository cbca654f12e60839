import { convict } from '../check-context.ts';
import { refer, show } from '../describe.ts';
import type { Execution } from '../execution.ts';
import type { Conviction } from '../verdict.ts';

/** ThinAirRead: a read returned a value that nobody wrote. */
export function findThinAirRead(execution: Execution): Conviction | undefined {
  for (const event of execution.events) {
    if (event.type !== 'read' || event.source.from !== 'nowhere') continue;
    const explanation = `${refer(execution, event).text}: nobody wrote ${show(event.operation.value)} to ${event.key}.`;
    return convict({ execution, edges: [] }, 'ThinAirRead', [event], explanation);
  }
  return undefined;
}
