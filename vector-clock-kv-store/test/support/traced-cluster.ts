import { VirtualClock } from '@gridclock/simulation-kit';
import { Replica } from '../../src/causality/replica.ts';
import { zeroClock } from '../../src/causality/vector-clock.ts';
import type { Write } from '../../src/causality/write.ts';
import { FaultyTransport } from '../../src/replication/faulty-transport.ts';
import { type LinkFault, LinkFaults } from '../../src/replication/link-faults.ts';
import type { Transport } from '../../src/replication/transport.ts';
import { EventTrace } from '../../src/trace/event-trace.ts';
import { NodeTrace } from '../../src/trace/node-trace.ts';

type Member = { replica: Replica; trace: NodeTrace; links: Map<string, FaultyTransport> };

/** Traced replicas, joined by faulty transports and a network on which the test decides what is delivered when. */
export class TracedCluster {
  readonly #names: readonly string[];
  readonly #capacity: number;
  readonly #time = new VirtualClock();
  readonly #members = new Map<string, Member>();
  readonly #writes: Write[] = [];
  /** Messages that were sent and have not arrived. */
  readonly #inFlight: { to: string; context: string | undefined; writes: readonly Write[] }[] = [];
  #incarnations = 0;
  /** In milliseconds; each event is 1 ms later than the previous one. */
  #now = 0;

  constructor(names: readonly string[], capacity = 1_000) {
    this.#names = names;
    this.#capacity = capacity;
    for (const name of names) this.restart(name);
  }

  trace(name: string): EventTrace {
    return this.#member(name).trace.events;
  }

  /** Replaces a node by a new incarnation without its data and events. */
  restart(name: string): void {
    const events = new EventTrace({
      host: `${name}~${++this.#incarnations}`,
      capacity: this.#capacity,
      now: () => this.#now++,
    });
    const trace = new NodeTrace(events);
    const links = this.#names
      .filter((other) => other !== name)
      .map((other) => {
        const transport = new FaultyTransport(
          this.#transport(name, other),
          this.#time,
          new LinkFaults(this.#time, trace.faultObserver(other)),
        );
        return [other, transport] as const;
      });
    // Named after the incarnation, so that no counter is reused.
    const replica = new Replica(events.host, zeroClock, { writes: 5, bytes: 1e9 });
    this.#members.set(name, { replica, trace, links: new Map(links) });
  }

  write(name: string, key: string, value: string): void {
    const { replica, trace } = this.#member(name);
    const write = replica.write(key, value);
    this.#writes.push(write);
    trace.onWrite(write);
  }

  /** Sends a write from one node to another; `index` picks among the writes of all nodes. */
  async send(from: string, to: string, index: number): Promise<void> {
    const write = this.#writes[index % Math.max(1, this.#writes.length)];
    if (write !== undefined) await this.#member(from).links.get(to)?.replicate([write]);
  }

  fault(from: string, to: string, fault: LinkFault): void {
    this.#member(from).links.get(to)?.inject(fault);
  }

  release(from: string, to: string): void {
    this.#member(from).links.get(to)?.release();
  }

  /** Delivers a message; `index` picks among those in flight. */
  arrive(index = 0): void {
    const [message] = this.#inFlight.splice(index % Math.max(1, this.#inFlight.length), 1);
    if (message === undefined) return;
    const { replica, trace } = this.#member(message.to);
    trace.received(message.context, message.writes);
    for (const write of message.writes) trace.onReceipt(write, replica.receive(write));
  }

  /** Delivers a message that no node sent. */
  forge(to: string, context: string): void {
    this.#member(to).trace.received(context, []);
  }

  #member(name: string): Member {
    const member = this.#members.get(name);
    if (member === undefined) throw new Error(`no member named ${name}`);
    return member;
  }

  #transport(from: string, to: string): Transport {
    return {
      replicate: async (writes) => {
        this.#inFlight.push({ to, context: this.#member(from).trace.sent(to, writes), writes });
        return undefined;
      },
      heartbeat: () => Promise.reject(new Error('heartbeats are not supported')),
      snapshot: () => Promise.reject(new Error('snapshots are not supported')),
      claim: () => Promise.reject(new Error('claims are not supported')),
      join: () => Promise.reject(new Error('joining is not supported')),
    };
  }
}
