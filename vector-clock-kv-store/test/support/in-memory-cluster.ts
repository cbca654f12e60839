import { sleep } from '@gridclock/service-kit/scheduler';
import { VirtualClock } from '@gridclock/simulation-kit';
import { merge, type VectorClock } from '../../src/causality/vector-clock.ts';
import type { Write } from '../../src/causality/write.ts';
import { FaultyTransport } from '../../src/replication/faulty-transport.ts';
import { Replicator } from '../../src/replication/replicator.ts';
import {
  type Heartbeat,
  RefusedError,
  RejectedError,
  type Transport,
} from '../../src/replication/transport.ts';
import { MemoryStorage } from '../../src/storage/memory-storage.ts';
import type { CausalStore } from '../../src/store/causal-store.ts';
import { createStore } from './create-store.ts';

export type Member = {
  store: CausalStore;
  links: ReadonlyMap<string, FaultyTransport>;
  replicator: Replicator;
  /** Whether the other members can reach it. */
  up: boolean;
  /** All writes, in the order in which they became visible here. */
  committed: Write[];
  /** How many writes it received, duplicates included. */
  received: number;
  /** How long it takes to respond to a heartbeat, in milliseconds. */
  heartbeatMs: number;
  /** Which writes it rejects for good, as a node of an earlier release may. */
  rejects: (write: Write) => boolean;
};

/** Stores that replicate to each other by function calls instead of a network, on a virtual clock. */
export class InMemoryCluster {
  readonly time = new VirtualClock();
  readonly members = new Map<string, Member>();

  constructor(names: readonly string[], bufferCapacity = 1_000) {
    for (const name of names) this.members.set(name, this.#member(name, names, bufferCapacity));
    for (const { replicator } of this.members.values()) replicator.start();
  }

  member(name: string): Member {
    const member = this.members.get(name);
    if (member === undefined) throw new Error(`no member is named ${name}`);
    return member;
  }

  link(from: string, to: string): FaultyTransport {
    const link = this.member(from).links.get(to);
    if (link === undefined) throw new Error(`there is no link from ${from} to ${to}`);
    return link;
  }

  /** Returns each member's values of a key, the winner first. */
  async values(key: string): Promise<unknown[]> {
    const readings = [...this.members.values()].map(({ store }) => store.get(key));
    return (await Promise.all(readings)).map(({ versions }) => versions.map(({ value }) => value));
  }

  clocks(): VectorClock[] {
    return [...this.members.values()].map(({ store }) => store.clock);
  }

  #member(name: string, names: readonly string[], bufferCapacity: number): Member {
    const storage = new MemoryStorage();
    const links = new Map(
      names
        .filter((other) => other !== name)
        .map((other) => [other, new FaultyTransport(this.#transportTo(other), this.time)]),
    );
    const committed: Write[] = [];
    const replicator = new Replicator({
      self: name,
      storage,
      scheduler: this.time,
      random: () => 0.5,
      peers: [...links].map(([id, transport]) => ({ peer: { id, url: '' }, transport })),
      onReachabilityChange: () => {},
      onHeartbeat: () => {},
    });
    const store = createStore({
      id: name,
      storage,
      scheduler: this.time,
      wallClock: () => this.time.now(),
      bufferCapacity: { writes: bufferCapacity, bytes: 1e9 },
      onCommitted(writes) {
        committed.push(...writes);
        replicator.notify();
      },
    });
    return {
      store,
      links,
      replicator,
      up: true,
      committed,
      received: 0,
      heartbeatMs: 0,
      rejects: () => false,
    };
  }

  #transportTo(to: string): Transport {
    const reach = (): Member => {
      const member = this.member(to);
      if (!member.up) throw new Error('connection refused');
      return member;
    };
    return {
      async replicate(writes: readonly Write[]): Promise<VectorClock> {
        const member = reach();
        if (writes.some(member.rejects)) throw new RejectedError('rejected');
        member.received += writes.length;
        const statuses = await member.store.receive(writes);
        if (statuses.includes('refused')) throw new RefusedError();
        return member.store.clock;
      },
      heartbeat: async (): Promise<Heartbeat> => {
        const { heartbeatMs, store } = reach();
        const heardOf = Object.fromEntries(
          [...store.lastBuffered()].map(({ node, counter }) => [node, counter]),
        );
        const heartbeat = {
          life: lifeOf(to),
          clock: store.clock,
          heardOf: merge(store.clock, heardOf),
          pruned: {},
        };
        if (heartbeatMs > 0) await sleep(this.time, heartbeatMs);
        return heartbeat;
      },
      async join() {},
      async claim() {
        throw new Error('this cluster has no claims');
      },
      async snapshot() {
        throw new Error('this cluster has no snapshots');
      },
    };
  }
}

/** The members' processes never restart. */
function lifeOf(name: string): string {
  return Buffer.from(name).toString('hex').padStart(8, '0');
}
