import { VirtualClock } from '@gridclock/simulation-kit';
import { Replica } from '../../src/causality/replica.ts';
import { zeroClock } from '../../src/causality/vector-clock.ts';
import type { Write } from '../../src/causality/write.ts';
import { FaultyTransport, type LinkFault } from '../../src/replication/faulty-transport.ts';
import type { Transport } from '../../src/replication/transport.ts';
import { EventTrace } from '../../src/trace/event-trace.ts';
import { NodeTrace } from '../../src/trace/node-trace.ts';

type Member = { replica: Replica; trace: NodeTrace; links: Map<string, FaultyTransport> };

/** Causal cores that keep traces, joined by gates and a network that a test lets deliver what and when it likes. */
export class TracedCluster {
  readonly #names: readonly string[];
  readonly #capacity: number;
  readonly #time = new VirtualClock();
  readonly #members = new Map<string, Member>();
  readonly #made: Write[] = [];
  /** Messages that have left and not arrived. */
  readonly #underWay: { to: string; stamp: string | undefined; writes: readonly Write[] }[] = [];
  #runs = 0;
  /** Milliseconds; each event comes one later than the one before. */
  #now = 0;

  constructor(names: readonly string[], capacity = 1_000) {
    this.#names = names;
    this.#capacity = capacity;
    for (const name of names) this.restart(name);
  }

  trace(name: string): EventTrace {
    return this.#member(name).trace.events;
  }

  /** Ends the process of a node and starts another: its memory is lost, its events with it. */
  restart(name: string): void {
    const events = new EventTrace({
      host: `${name}~${++this.#runs}`,
      capacity: this.#capacity,
      now: () => this.#now++,
    });
    const trace = new NodeTrace(events);
    const links = this.#names
      .filter((other) => other !== name)
      .map((other) => {
        const gate = new FaultyTransport(this.#way(name, other), this.#time, trace.faultObserver(other));
        return [other, gate] as const;
      });
    // Under the name of its run, so that no counter comes twice.
    const replica = new Replica(events.host, zeroClock, 5);
    this.#members.set(name, { replica, trace, links: new Map(links) });
  }

  write(name: string, key: string, value: string): void {
    const { replica, trace } = this.#member(name);
    const write = replica.write(key, value);
    this.#made.push(write);
    trace.onWrite(write);
  }

  /** Sends a write, whoever made it, from a node to another. */
  async send(from: string, to: string, index: number): Promise<void> {
    const write = this.#made[index % Math.max(1, this.#made.length)];
    if (write !== undefined) await this.#member(from).links.get(to)?.replicate([write]);
  }

  fault(from: string, to: string, fault: LinkFault): void {
    this.#member(from).links.get(to)?.inject(fault);
  }

  release(from: string, to: string): void {
    this.#member(from).links.get(to)?.release();
  }

  /** Lets a message arrive; any of those under way. */
  arrive(index = 0): void {
    const [message] = this.#underWay.splice(index % Math.max(1, this.#underWay.length), 1);
    if (message === undefined) return;
    const { replica, trace } = this.#member(message.to);
    trace.received(message.stamp, message.writes);
    for (const write of message.writes) trace.onReceipt(write, replica.receive(write), replica.clock);
  }

  /** Lets a message arrive that nobody has sent. */
  forge(to: string, stamp: string): void {
    this.#member(to).trace.received(stamp, []);
  }

  #member(name: string): Member {
    const member = this.#members.get(name);
    if (member === undefined) throw new Error(`no member is called ${name}`);
    return member;
  }

  #way(from: string, to: string): Transport {
    return {
      replicate: async (writes) => {
        this.#underWay.push({ to, stamp: this.#member(from).trace.sent(to, writes), writes });
        return undefined;
      },
      heartbeat: () => Promise.reject(new Error('there are no heartbeats here')),
      snapshot: () => Promise.reject(new Error('there are no snapshots here')),
      join: () => Promise.reject(new Error('nobody joins here')),
    };
  }
}
