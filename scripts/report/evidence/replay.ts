import { Replica } from '../../../vector-clock-kv-store/src/causality/replica.ts';
import { counterOf, zeroClock } from '../../../vector-clock-kv-store/src/causality/vector-clock.ts';
import type { Write } from '../../../vector-clock-kv-store/src/causality/write.ts';
import { eventKey } from '../../../vector-clock-kv-store/src/space-time/recording.ts';
import type { ClockedSummary, TracedEvent } from '../../../vector-clock-kv-store/src/trace/event.ts';
import { checkHistory } from '../../../vector-clock-kv-store/src/verification/history/check-history.ts';
import type { History, Operation } from '../../../vector-clock-kv-store/src/verification/history/history.ts';
import type { Verdict } from '../../../vector-clock-kv-store/src/verification/history/verdict.ts';

/** Decides what a node applies when a write arrives, in order. */
type DeliveryRule = (write: Write) => readonly Write[];

/** What the checker says about one order of arrival, under two rules of delivery. */
export type Replay = {
  /** The node whose arrivals were replayed. */
  node: string;
  arrivals: { key: string; value: string; from: string }[];
  /** The rule of this store: `vector-clock.ts` and its buffer. */
  causal: Verdict;
  /** A node that applies each write when it arrives. */
  naive: Verdict;
};

/**
 * Replays the arrivals of a recorded run at the node that buffered a write, once under the store's delivery rule and once
 * under none, while a client there reads every key after each arrival. Returns undefined where nothing was buffered.
 *
 * @param events of one scenario; each value is written once
 */
export function replayArrivals(events: readonly TracedEvent[]): Replay | undefined {
  const node = events.find(({ kind }) => kind === 'buffer')?.host;
  if (node === undefined) return undefined;
  const arrivals = arrivalsAt(node, events);
  const replica = new Replica(node, earlierWrites(arrivals), { writes: 1_000, bytes: 2 ** 20 });
  const causally: DeliveryRule = (write) => {
    const receipt = replica.receive(write);
    return receipt.status === 'applied' ? receipt.delivered : [];
  };
  const others = otherSessions(node, events);
  const check = (rule: DeliveryRule) =>
    checkHistory({
      sessions: [...others, { name: `reader at ${node}`, operations: readAll(arrivals, rule) }],
    });
  return {
    node,
    arrivals: arrivals.map(({ key, sender, value }) => ({ key, value: String(value), from: sender })),
    causal: check(causally),
    naive: check((write) => [write]),
  };
}

/** The writes of other nodes in the order in which they first arrived, whether they were delivered or buffered then. */
function arrivalsAt(node: string, events: readonly TracedEvent[]): Write[] {
  const seen = new Set<string>();
  return events.flatMap((event) => {
    if (event.host !== node || (event.kind !== 'buffer' && event.kind !== 'deliver')) return [];
    const dot = eventKey(event.write.node, event.write.counter);
    if (seen.has(dot)) return [];
    seen.add(dot);
    return [toWrite(event.write)];
  });
}

/** The clock of a node that has everything before the first arrivals: a recording begins in the middle of a run. */
function earlierWrites(arrivals: readonly Write[]) {
  const earlier: Record<string, number> = { ...zeroClock };
  const arriving = new Set(arrivals.map(({ sender, vc }) => eventKey(sender, counterOf(vc, sender))));
  for (const { vc } of arrivals)
    for (const [id, counter] of Object.entries(vc)) {
      let before = counter;
      while (before > 0 && arriving.has(eventKey(id, before))) before--;
      earlier[id] = Math.max(earlier[id] ?? 0, before);
    }
  return earlier;
}

/** The other nodes as sessions: each has read what was delivered to it before it wrote. */
function otherSessions(node: string, events: readonly TracedEvent[]): History['sessions'] {
  const hosts = [...new Set(events.map(({ host }) => host))].filter((host) => host !== node);
  return hosts.map((host) => ({
    name: `client at ${host}`,
    operations: events.flatMap((event): Operation[] => {
      if (event.host !== host || (event.kind !== 'write' && event.kind !== 'deliver')) return [];
      const { key, value } = event.write;
      return [{ kind: event.kind === 'write' ? 'write' : 'read', key, value: plain(value), node: host }];
    }),
  }));
}

/** Reads every key after each arrival, latest written first. */
function readAll(arrivals: readonly Write[], rule: DeliveryRule): Operation[] {
  const values = new Map<string, string>();
  const keys = [...new Set(arrivals.map(({ key }) => key))];
  return arrivals.flatMap((write) => {
    for (const { key, value } of rule(write)) values.set(key, String(value));
    return keys.map((key): Operation => ({ kind: 'read', key, value: values.get(key) ?? null }));
  });
}

function toWrite({ node, key, value, vc = zeroClock }: ClockedSummary): Write {
  return { sender: node, key, value: plain(value), vc };
}

/** A value as people write it: events show JSON, and cut it when it is long. */
function plain(json: string): string {
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === 'string' ? value : json;
  } catch {
    return json;
  }
}
