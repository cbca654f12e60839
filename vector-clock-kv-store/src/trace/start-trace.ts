import { incarnationOf } from '../causality/node-id.ts';
import { EventTrace } from './event-trace.ts';
import { NodeTrace } from './node-trace.ts';

/** About 9 MB with a clock of three nodes: minutes of a demonstration, seconds of heavy load. */
const KEPT_EVENTS = 10_000;

/**
 * Begins the trace of one run of a process. Every run is a host of its own, because its events are lost with
 * it and their numbers must not come twice.
 *
 * @param name the node's configured name
 * @param now milliseconds since 1970
 * @param random uniform in [0, 1)
 */
export function startTrace(name: string, now: () => number, random: () => number): NodeTrace {
  const mark = Math.floor(random() * 2 ** 32).toString(36);
  return new NodeTrace(new EventTrace({ host: incarnationOf(name, mark), capacity: KEPT_EVENTS, now }));
}
