import { once } from 'node:events';
import { type EventLoopTurns, onceClosed } from '@gridclock/service-kit';
import type { Response } from 'express';
import type { ClusterNode } from '../cluster-node.ts';
import { STALLED_STREAM_MS, STATE_PAGE_BYTES } from '../limits.ts';
import { isReservedKey } from '../storage/storage.ts';

/**
 * Streams the body of `GET /state`, page by page: never more than a page is in memory, however much data the node has.
 * All of it is of one moment. Ends early if the client leaves or does not read for a while.
 */
export async function streamState(
  response: Response,
  node: ClusterNode,
  turns: EventLoopTurns,
): Promise<void> {
  const parts = stateParts(node);
  const closed = new AbortController();
  onceClosed(response, () => {
    closed.abort();
    // Closes the snapshot, at once: when all clients have left, a node that stops closes its storage.
    parts.return(undefined);
  });
  response.type('json');
  try {
    while (!closed.signal.aborted) {
      const { value: part, done } = parts.next();
      if (done) {
        response.end();
        return;
      }
      if (!response.write(part) && !(await isDrained(response, closed.signal))) {
        response.destroy();
        return;
      }
      await turns.next();
    }
  } finally {
    parts.return(undefined);
  }
}

function* stateParts(node: ClusterNode): Generator<string> {
  const { id, name, store } = node;
  const buffered = store?.buffered() ?? [];
  const snapshot = store?.openSnapshot();
  try {
    yield `{"node_id":${JSON.stringify(name)},"clock_id":${JSON.stringify(id)},"store":{`;
    let separator = '';
    for (let cursor: string | undefined, done = snapshot === undefined; !done; ) {
      const { keys, next } = snapshot?.page(cursor, STATE_PAGE_BYTES) ?? { keys: [], next: undefined };
      const members = keys.flatMap(([key, [winner]]) =>
        winner === undefined || winner.value === null || isReservedKey(key)
          ? []
          : [`${JSON.stringify(key)}:${JSON.stringify(winner.value)}`],
      );
      if (members.length > 0) yield separator + members.join(',');
      if (members.length > 0) separator = ',';
      cursor = next;
      done = next === undefined;
    }
    const clock = snapshot === undefined ? node.liveClock : snapshot.retired.compact(snapshot.clock, id);
    yield `},"vector_clock":${JSON.stringify(clock)},"buffered":[`;
    for (const [index, { key, value, sender, vc }] of buffered.entries())
      yield `${index === 0 ? '' : ','}${JSON.stringify({ key, value, sender, vector_clock: vc })}`;
    yield ']}';
  } finally {
    snapshot?.close();
  }
}

/** Resolves to true once the client has read what was written, to false if it leaves or stops reading. */
async function isDrained(response: Response, closed: AbortSignal): Promise<boolean> {
  try {
    await once(response, 'drain', {
      signal: AbortSignal.any([closed, AbortSignal.timeout(STALLED_STREAM_MS)]),
    });
    return true;
  } catch {
    return false;
  }
}
