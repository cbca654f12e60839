import type { NodeId } from '../../causality/node-id.ts';
import { counterOf, descends, type VectorClock } from '../../causality/vector-clock.ts';

/** An event of a log: who it happened to, and the clock of it. */
export type Stamped = { host: NodeId; clock: VectorClock };

/**
 * What is wrong with a log of events as ShiViz sees it, or undefined when its clocks are exact: each has its own
 * host; a host's own entries are 1, 2, 3 and so on; each event that a clock counts is in the log; and a clock
 * knows all that the events it counts know, and no event that knows it.
 */
export function findInexactness(events: readonly Stamped[]): string | undefined {
  const logs = new Map<NodeId, Map<number, VectorClock>>();
  for (const { host, clock } of events) {
    const own = counterOf(clock, host);
    if (own < 1) return `an event of ${host} has a clock without ${host}: ${JSON.stringify(clock)}`;
    const log = logs.get(host) ?? new Map<number, VectorClock>();
    if (log.has(own)) return `${host} has two events number ${own}`;
    logs.set(host, log.set(own, clock));
  }
  for (const [host, log] of logs) {
    for (let number = 1; number <= log.size; number++) {
      if (!log.has(number)) return `${host} has ${log.size} events but none number ${number}`;
    }
  }
  for (const { host, clock } of events) {
    for (const [other, count] of Object.entries(clock)) {
      const own = counterOf(clock, host);
      const event = `event ${own} of ${host}`;
      const known = logs.get(other)?.get(count);
      if (known === undefined) return `${event} counts event ${count} of ${other}, which is not in the log`;
      if (!descends(clock, known)) return `${event} counts event ${count} of ${other}, but not all that knew`;
      if (other !== host && counterOf(known, host) >= own)
        return `${event} and event ${count} of ${other} know each other`;
      const previous = other === host ? logs.get(host)?.get(own - 1) : undefined;
      if (previous !== undefined && !descends(clock, previous))
        return `${event} knows less than the one before`;
    }
  }
  return undefined;
}
