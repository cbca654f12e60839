import type { StreamBudget } from '@gridclock/service-kit';
import { type EventLoopTurns, onceClosed } from '@gridclock/service-kit';
import type { Response } from 'express';
import type { VectorClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import type { ClusterNode } from '../cluster-node.ts';
import { WATCH_CHUNK } from '../limits.ts';
import type { NodeStatus } from '../membership/node-lifecycle.ts';
import { isReservedKey } from '../storage/storage.ts';
import { FeedLostError, type WatchFeed } from '../store/watch-feed.ts';
import { describeRefusal } from './serving.ts';

/** 15 s: proxies close streams that are idle for 30 s or more. */
const KEEP_ALIVE_MS = 15_000;

/** How many of these intervals a client may read nothing, until its stream is closed; it can resume. */
const STALLED_INTERVALS = 2;

type WatchStream = {
  response: Response;
  node: ClusterNode;
  feed: WatchFeed;
  /** Writes to keys without this prefix are left out. */
  prefix: string;
  turns: EventLoopTurns;
  budget: StreamBudget;
};

/** Streams a feed as fast as the client reads it. Unread writes stay in the log, not in memory. */
export function streamWrites({ response, node, feed, prefix, turns, budget }: WatchStream): void {
  let running = false;
  let closed = false;
  let stalled = 0;
  /** Sends some writes. Returns whether there may be more to send now. */
  const step = (): boolean => {
    // Not only `destroyed`: a response queued behind another on its connection never is.
    if (closed || response.writableEnded || response.destroyed) return false;
    if (node.status !== 'ok') {
      response.end(formatEnd(node.status));
      return false;
    }
    if (response.writableNeedDrain) {
      // Read again when the client continues: a thousand streams that nobody reads must not hold a chunk each.
      feed.rewind();
      return false;
    }
    try {
      let looked = 0;
      for (const taken of feed.take()) {
        const { write } = taken;
        const wanted = write.key.startsWith(prefix) && !isReservedKey(write.key);
        // In its next turn, the stream sees whether the client or the kernel has taken it.
        if (wanted && !budget.write(response, formatEvent(write, taken.position))) return true;
        // The writes left out count too: a rare prefix must not read the whole log at once.
        if (++looked >= WATCH_CHUNK.writes) return true;
      }
    } catch (error) {
      if (!(error instanceof FeedLostError)) throw error;
      response.end(formatReset({ error: 'The log no longer reaches back to that clock' }));
    }
    return false;
  };
  const send = async () => {
    // The running loop also sends what is new.
    if (running) return;
    running = true;
    // Also for the first step: `drain` comes at once while the kernel buffers, and would keep the event loop busy.
    do await turns.next();
    while (step());
    running = false;
  };
  const keepAlive = setInterval(() => {
    if (!response.writableNeedDrain) {
      if (!response.writableEnded) response.write(': still here\n\n');
      return;
    }
    if (++stalled >= STALLED_INTERVALS) response.destroy();
  }, KEEP_ALIVE_MS);
  const unsubscribe = node.subscribe(() => void send());
  response.on('drain', () => {
    stalled = 0;
    void send();
  });
  onceClosed(response, () => {
    closed = true;
    clearInterval(keepAlive);
    unsubscribe();
  });
  void send();
}

/** The log was pruned past the client's position: it must read the keys before it watches again. */
function formatReset(data: object): string {
  // The empty id makes an EventSource forget its own, with which it would reconnect forever.
  return `id\nevent: reset\ndata: ${JSON.stringify(data)}\n\n`;
}

/** The last event of a node that no longer serves. A node that is refilled gets a log that starts later. */
function formatEnd(status: NodeStatus): string {
  const data = { error: describeRefusal(status), status };
  return status === 'catching-up'
    ? formatReset(data)
    : `event: unavailable\ndata: ${JSON.stringify(data)}\n\n`;
}

function formatEvent({ key, value, sender, vc }: Write, position: VectorClock): string {
  return `id: ${JSON.stringify(position)}\nevent: write\ndata: ${JSON.stringify({ key, value, sender, vc })}\n\n`;
}
