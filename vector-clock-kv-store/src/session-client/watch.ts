import type { VectorClock } from '../causality/vector-clock.ts';
import { MAX_KEY_RESPONSE_BYTES } from '../limits.ts';
import { clockSchema } from '../messages/clock.ts';
import { requireNodeUrl } from './check-arguments.ts';
import { startDeadline } from './deadline.ts';
import { InvalidResponseError, StoreError, UnreachableError, WatchLostError } from './errors.ts';
import { isPassing, type NodeCalls, withoutSlash } from './node-calls.ts';
import { readText } from './read-text.ts';
import { errorOf, parseAs, type WatchedWrite, watchedWriteSchema } from './responses.ts';
import { pause, pauseMs, type RetryPolicy } from './retry.ts';
import { readEvents, type ServerEvent } from './server-events.ts';
import { type Transport, TransportError } from './transport.ts';

type Watch = {
  prefix: string;
  from: VectorClock;
  node: string | undefined;
  signal: AbortSignal | undefined;
  calls: NodeCalls;
  transport: Transport;
  retry: RetryPolicy;
  random: () => number;
};

/** 45 s: a node sends something every 15 s, so a stream that is silent for three times as long is dead. */
const SILENT_MS = 45_000;

/** The media type of a stream of server-sent events. */
const EVENTS = 'text/event-stream';

/** What one stream reports to the watch besides writes. */
type StreamReports = {
  /** It ended for a reason that it did not name, after it had lasted. */
  onLasted: () => void;
  /** The server refuses it, and asks to wait for so many milliseconds. */
  onRetryAfter: (ms: number | undefined) => void;
};

/** Watches one node after another, each from the last write that was reported. */
export async function* watchNodes(watch: Watch): AsyncGenerator<WatchedWrite> {
  const { calls, random, retry, signal } = watch;
  if (watch.node !== undefined) requireNodeUrl(watch.node);
  let position = watch.from;
  for (let round = 1; ; round++) {
    let failure: Error = new UnreachableError('watch: no node is known', true);
    let retryAfterMs: number | undefined;
    for (const node of watch.node === undefined ? calls.nodes : [watch.node]) {
      retryAfterMs = undefined;
      const reports: StreamReports = {
        // No failure: proxies end streams without writes from time to time.
        onLasted: () => (round = 1),
        onRetryAfter: (ms) => (retryAfterMs = ms),
      };
      try {
        for await (const { id, data } of eventsOf(node, position, reports, watch)) {
          if (watch.node === undefined) calls.prefer(node);
          const write = parseAs('watch', watchedWriteSchema, data);
          if (id !== undefined) position = parseAs('watch', clockSchema, id);
          yield write;
          // Further events may have arrived before it.
          signal?.throwIfAborted();
        }
        failure = new UnreachableError(`watch: ${node}: closed the stream`);
      } catch (error) {
        signal?.throwIfAborted();
        failure = passing(error, node, failure);
      }
    }
    if (round > retry.rounds || failure instanceof WatchLostError) throw failure;
    await pause(pauseMs({ policy: retry, round, retryAfterMs, random }), signal);
  }
}

/**
 * Returns the failure of a node after which another one may serve the watch; throws any other error. That a node lost
 * the position outlasts the failures of later nodes: asking those again hides it.
 */
function passing(error: unknown, node: string, before: Error): Error {
  if (before instanceof WatchLostError) return before;
  if (error instanceof WatchLostError) return error;
  if (error instanceof TransportError) return new UnreachableError(`watch: ${node}: ${error.message}`);
  if (error instanceof StoreError && isPassing(error.status)) return error;
  throw error;
}

/** The writes that one node reports. Ends when the node stops serving. */
async function* eventsOf(
  node: string,
  position: VectorClock,
  { onLasted, onRetryAfter }: StreamReports,
  { prefix, signal, transport }: Watch,
): AsyncGenerator<ServerEvent> {
  signal?.throwIfAborted();
  const deadline = startDeadline(SILENT_MS, signal);
  let chunksHeard = 0;
  let saidWhy = false;
  let streamType = EVENTS;
  const onChunk = () => {
    // A web page, read as events, would look like a stream that ends again and again.
    if (!streamType.startsWith(EVENTS))
      throw new InvalidResponseError(
        `watch: ${node}: the response is no stream of events, but ${streamType}`,
      );
    deadline.restart();
    chunksHeard += 1;
  };
  try {
    const {
      status,
      chunks,
      retryAfterMs,
      type = EVENTS,
    } = await transport.stream({
      method: 'GET',
      url: `${withoutSlash(node)}/watch?prefix=${encodeURIComponent(prefix)}`,
      // Not in the URL: a clock may be too long for one.
      headers: { 'last-event-id': JSON.stringify(position) },
      signal: deadline.signal,
    });
    streamType = type;
    if (status !== 200) {
      onRetryAfter(retryAfterMs);
      throw errorOf('watch', status, await readText(chunks, MAX_KEY_RESPONSE_BYTES));
    }
    for await (const event of readEvents(heardOf(chunks, onChunk), MAX_KEY_RESPONSE_BYTES)) {
      saidWhy = event.name !== 'write';
      if (event.name === 'reset') throw new WatchLostError(`watch: ${node}: ${event.data}`);
      if (event.name === 'unavailable') return;
      if (event.name !== 'write') continue;
      // A slow reader of the watch does not make the node silent.
      deadline.pause();
      yield event;
      deadline.restart();
    }
  } finally {
    deadline.stop();
    // The first chunk only says that the stream is open.
    if (chunksHeard > 1 && !saidWhy) onLasted();
  }
}

/** Passes chunks on, and reports each. */
async function* heardOf(chunks: AsyncIterable<Uint8Array>, onChunk: () => void): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    onChunk();
    yield chunk;
  }
}
