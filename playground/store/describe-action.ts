import { assignment } from '../../vector-clock-kv-store/src/space-time/describe-event.ts';
import { type Action, nodeName } from './action.ts';
import type { PlayedLink } from './play.ts';

/** Describes the next action in one line: `deliver x="1" from node1 to node2`. */
export function describeAction(action: Action, links: readonly PlayedLink[]): string {
  if (action.kind === 'all') return 'deliver all messages that are not held';
  if (action.kind === 'put') return `${nodeName(action.node)} writes ${action.key}="${action.value}"`;
  if (action.kind === 'delete') return `${nodeName(action.node)} deletes ${action.key}`;
  const { from, to } = action;
  const way = `from ${nodeName(from)} to ${nodeName(to)}`;
  switch (action.kind) {
    case 'deliver':
    case 'drop':
    case 'duplicate': {
      const write = links.find((link) => link.from === from && link.to === to)?.waiting[action.at - 1];
      return `${action.kind} ${write === undefined ? 'a message' : assignment(write)} ${way}`;
    }
    case 'reorder':
      return `swap the first two messages ${way}`;
    case 'hold':
    case 'release':
      return `${action.kind} the link ${way}`;
    case 'resend':
      return `send again what was lost ${way}`;
    case 'cut':
    case 'heal':
      return `${action.kind} the link between ${nodeName(from)} and ${nodeName(to)}`;
  }
}
