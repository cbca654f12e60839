import type { Execution, HistoryEvent } from './execution.ts';
import type { OperationReference } from './verdict.ts';

/** Refers to an event by its place in the history and as text. */
export function referenceTo({ sessions }: Execution, event: HistoryEvent): OperationReference {
  const session = sessions[event.session] ?? '';
  const { index, operation } = event;
  return { session, index, text: `${session}[${index}] ${formatOperation(event)}`, operation };
}

/** Formats a value as JSON, and null as `nothing`. */
export function formatValue(value: string | number | null): string {
  return value === null ? 'nothing' : JSON.stringify(value);
}

function formatOperation({ operation }: HistoryEvent): string {
  const { kind, key, value, node } = operation;
  const place = node === undefined ? '' : ` at ${node}`;
  if (kind === 'read') return `read ${key}, got ${formatValue(value)}${place}`;
  const outcome = operation.status === 'unknown' ? ', outcome unknown' : '';
  return kind === 'write'
    ? `write ${key}=${formatValue(value)}${place}${outcome}`
    : `delete ${key} (tombstone ${formatValue(value)})${place}${outcome}`;
}
