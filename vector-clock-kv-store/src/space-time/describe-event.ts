import type { TracedEvent, WriteSummary } from '../trace/event.ts';

/** Describes an event in one line. */
export function describeEvent(event: TracedEvent): string {
  switch (event.kind) {
    case 'start':
      return 'start';
    case 'write':
      return event.write.value === 'null'
        ? `delete ${printable(event.write.key)}`
        : `write ${assignment(event.write)}`;
    case 'deliver':
      return `deliver ${assignment(event.write)} from ${event.write.node}`;
    case 'refuse':
      return `refuse ${assignment(event.write)} from ${event.write.node}: the buffer is full`;
    case 'buffer':
      return `buffer ${assignment(event.write)} from ${event.write.node} until write ${event.missing.counter} of ${event.missing.node} arrives`;
    case 'send':
      return `send ${assignments(event)} to ${event.to}`;
    case 'receive':
      return `receive ${assignments(event)}${event.from === undefined ? '' : ` from ${event.from.node}`}`;
    case 'snapshot':
      return 'install a snapshot';
    case 'fault':
      if (event.phase === 'begin') return `fault: ${event.action} on the link to ${event.peer}`;
      if (event.phase === 'end') return `fault: release of the link to ${event.peer}`;
      return `fault: ${event.action} of ${assignments(event)} on the link to ${event.peer}`;
  }
}

/** Formats a write as `key=value`. */
export function assignment({ key, value }: WriteSummary): string {
  return value === 'null' ? `deletion of ${printable(key)}` : `${printable(key)}=${value}`;
}

/** Formats the first writes of a batch as `key=value`, then the number of the others. */
export function assignments({ writes, count }: { writes: readonly WriteSummary[]; count: number }): string {
  const others = count - writes.length;
  return writes.map(assignment).join(', ') + (others > 0 ? ` and ${others} more` : '');
}

/** Escapes keys with line breaks or control characters, so that each event stays on one line. */
function printable(key: string): string {
  return /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(key) ? key : JSON.stringify(key);
}
