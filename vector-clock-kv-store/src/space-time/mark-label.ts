import type { TracedEvent, WriteSummary } from '../trace/event.ts';
import { assignment, assignments } from './describe-event.ts';
import { formatClock } from './format-clock.ts';

/** What stands beside a mark. */
export type MarkLabel = {
  /** What happened; omitted where a lane is narrow, because the shape says it. */
  verb: string;
  /** To what. */
  object: string;
  /** The vector clock of the write. */
  clock?: string;
  /** Why the write waits. */
  condition?: string;
};

/** Returns the label of an event. */
export function markLabel(event: TracedEvent, lanes: readonly string[]): MarkLabel {
  switch (event.kind) {
    case 'write':
    case 'deliver':
    case 'refuse':
    case 'buffer': {
      const isDeletion = event.kind === 'write' && event.write.value === 'null';
      return {
        verb: isDeletion ? 'delete' : event.kind,
        object: isDeletion ? event.write.key : assignment(event.write),
        ...(event.write.vc === undefined ? {} : { clock: formatClock(event.write.vc, lanes) }),
        ...(event.kind === 'buffer' ? { condition: formatCondition(event) } : {}),
      };
    }
    case 'send':
      return { verb: 'send', object: `→ ${event.to}` };
    case 'receive':
      return { verb: 'receive', object: assignments(event) };
    case 'start':
      return { verb: '', object: 'start' };
    case 'snapshot':
      return { verb: 'install', object: 'snapshot' };
    case 'fault':
      if (event.phase === 'begin') return { verb: event.action, object: `→ ${event.peer}` };
      if (event.phase === 'end') return { verb: 'release', object: `→ ${event.peer}` };
      return { verb: participles[event.action], object: `${keys(event.writes)} → ${event.peer}` };
  }
}

/** Says which part of the delivery rule fails: `needs node1:2, has 1`. */
export function formatCondition({
  missing,
  has,
}: Pick<TracedEvent & { kind: 'buffer' }, 'missing' | 'has'>): string {
  return `needs ${missing.node}:${missing.counter}${has === undefined ? '' : `, has ${has}`}`;
}

const participles = {
  hold: 'held',
  drop: 'dropped',
  duplicate: 'duplicated',
  reorder: 'reordered',
  delay: 'delayed',
  cut: 'cut off',
} as const;

function keys(writes: readonly WriteSummary[]): string {
  return writes.map(({ key }) => key).join(', ');
}
