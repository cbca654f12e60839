import type { NodeId } from '../../causality/node-id.ts';
import { counterOf, descends, type VectorClock } from '../../causality/vector-clock.ts';

/** An event of a log: the host it occurred on, and its vector clock. */
export type ClockedEvent = { host: NodeId; clock: VectorClock };

/**
 * Returns why the clocks of a log are not exact in the sense of ShiViz; undefined when they are.
 * Clocks are exact if each counts its own host, a host's counters are 1, 2, 3 and so on, every counted event is
 * in the log, and each clock descends from those of the events it counts, but never the other way round.
 */
export function findInexactness(events: readonly ClockedEvent[]): string | undefined {
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
      const counted = logs.get(other)?.get(count);
      if (counted === undefined) return `${event} counts event ${count} of ${other}, which is not in the log`;
      if (!descends(clock, counted))
        return `${event} counts event ${count} of ${other}, but not all its causes`;
      if (other !== host && counterOf(counted, host) >= own)
        return `${event} and event ${count} of ${other} count each other`;
      const previous = other === host ? logs.get(host)?.get(own - 1) : undefined;
      if (previous !== undefined && !descends(clock, previous))
        return `${event} counts less than the event before it`;
    }
  }
  return undefined;
}
