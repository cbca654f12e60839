import type { TracedEvent, WriteSummary } from '../../trace/event.ts';

/** An event in a line of plain words. */
export function describe(event: TracedEvent): string {
  switch (event.kind) {
    case 'start':
      return 'start';
    case 'write':
      return said(event.write);
    case 'deliver':
      return `deliver ${assigned(event.write)} from ${event.write.node}`;
    case 'refuse':
      return `refuse ${assigned(event.write)} from ${event.write.node}: the buffer is full`;
    case 'buffer':
      return `buffer ${assigned(event.write)} from ${event.write.node}, which waits for write ${event.missing.counter} of ${event.missing.node}`;
    case 'send':
      return `send ${listed(event)} to ${event.to}`;
    case 'receive':
      return `receive ${listed(event)}${event.from === undefined ? '' : ` from ${event.from.node}`}`;
    case 'snapshot':
      return 'install a snapshot';
    case 'fault':
      if (event.phase === 'begin') return `fault: ${event.action} on the way to ${event.peer}`;
      if (event.phase === 'end') return `fault over: the way to ${event.peer} is free`;
      return `fault: ${event.action} strikes ${listed(event)} on the way to ${event.peer}`;
  }
}

/** A write as `key=value`. */
export function assigned({ key, value }: WriteSummary): string {
  return value === 'null' ? `deletion of ${printable(key)}` : `${printable(key)}=${value}`;
}

/** Writes as `key=value`, the first of them. */
export function listed({ writes, count }: { writes: readonly WriteSummary[]; count: number }): string {
  const rest = count - writes.length;
  return writes.map(assigned).join(', ') + (rest > 0 ? ` and ${rest} more` : '');
}

function said(write: WriteSummary): string {
  return write.value === 'null' ? `delete ${printable(write.key)}` : `write ${assigned(write)}`;
}

/** A key may hold line breaks; a line of a log may not. */
function printable(key: string): string {
  return /^[\p{L}\p{N}\p{P}\p{S} ]+$/u.test(key) ? key : JSON.stringify(key);
}
