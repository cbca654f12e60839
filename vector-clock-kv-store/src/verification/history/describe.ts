import type { Execution, HistoryEvent } from './execution.ts';
import type { OperationReference } from './verdict.ts';

/** An operation as people read it, with its place in the history. */
export function refer({ sessions }: Execution, event: HistoryEvent): OperationReference {
  const session = sessions[event.session] ?? '';
  return { session, index: event.index, text: `${session}[${event.index}] ${what(event)}` };
}

/** A value, or that there is none. */
export function show(value: string | number | null): string {
  return value === null ? 'nothing' : JSON.stringify(value);
}

function what({ operation }: HistoryEvent): string {
  const { kind, key, value, node } = operation;
  const where = node === undefined ? '' : ` at ${node}`;
  if (kind === 'read') return `read ${key}, got ${show(value)}${where}`;
  const doubt = operation.status === 'unknown' ? ', outcome unknown' : '';
  return kind === 'write'
    ? `write ${key}=${show(value)}${where}${doubt}`
    : `delete ${key} (tombstone ${show(value)})${where}${doubt}`;
}
