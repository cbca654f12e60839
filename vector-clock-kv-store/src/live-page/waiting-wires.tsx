/** @jsxRuntime automatic @jsxImportSource preact */
import { laneOf } from '../space-time/lanes.ts';
import type { Layout, Mark } from '../space-time/layout.ts';
import { percentOf, rem } from '../space-time/positions.ts';
import type { WaitingMessage } from './waiting-messages.ts';

/** How much of its way a message that waits is drawn to have gone. */
const SHARE = 0.4;

/** Draws the messages that wait, from where they were sent or written, but not to their receiver. */
export function WaitingWires({ layout, waiting }: { layout: Layout; waiting: readonly WaitingMessage[] }) {
  const { height, lanes, marks } = layout;
  return (
    <svg class="wires" aria-hidden="true">
      <title>Messages that wait</title>
      {waiting.map(({ from, to, write }) => {
        const [tailLane, headLane] = [lanes.indexOf(from), lanes.indexOf(to)];
        if (tailLane === -1 || headLane === -1) return null;
        const tail =
          marks.findLast((mark) => isSendOf(mark, from, to, write)) ??
          marks.find((mark) => isOf(mark, from, write));
        const y = tail?.y ?? 0;
        return (
          <line
            key={`${from} ${to} ${write.node} ${write.counter}`}
            class="message waiting"
            x1={percentOf(tailLane, lanes)}
            y1={rem(y)}
            x2={percentOf(tailLane + (headLane - tailLane) * SHARE, lanes)}
            y2={rem(Math.max(y + 20, y + (height - y) * SHARE))}
            marker-end="url(#to-waiting)"
          />
        );
      })}
    </svg>
  );
}

/** Whether a mark is where a node sent a write to another one. */
function isSendOf({ event }: Mark, node: string, to: string, write: WaitingMessage['write']): boolean {
  return (
    event.kind === 'send' &&
    laneOf(event.host) === node &&
    laneOf(event.to) === to &&
    event.writes.some((sent) => sent.node === write.node && sent.counter === write.counter)
  );
}

/** Whether a mark is where a node got a write: it made it, or it was delivered there. */
function isOf({ event }: Mark, node: string, write: WaitingMessage['write']): boolean {
  return (
    (event.kind === 'write' || event.kind === 'deliver') &&
    laneOf(event.host) === node &&
    event.write.node === write.node &&
    event.write.counter === write.counter
  );
}
