import fc from 'fast-check';
import { Replica } from '../../../src/causality/replica.ts';
import {
  counterOf,
  descends,
  merge,
  tick,
  type VectorClock,
  zeroClock,
} from '../../../src/causality/vector-clock.ts';
import { type Version, withWrite } from '../../../src/causality/versions.ts';
import { dotOf, type Write } from '../../../src/causality/write.ts';
import type { History } from '../../../src/verification/history/history.ts';
import { HistoryRecorder, type RecordableClient } from '../../../src/verification/history/recorder.ts';

/** The part of a node that stamps writes and decides when others' become visible. */
export type Core = {
  readonly clock: VectorClock;
  write: (key: string, value: string | null) => Write;
  /** Takes in a write and says what becomes visible by it. */
  receive: (write: Write) => readonly Write[];
};

/** A core as the store has it. */
export function causalCore(id: string): Core {
  const replica = new Replica(id, zeroClock, 100_000);
  return {
    get clock() {
      return replica.clock;
    },
    write: (key, value) => replica.write(key, value),
    receive(write) {
      const receipt = replica.receive(write);
      return receipt.status === 'applied' ? receipt.delivered : [];
    },
  };
}

/** A core whose delivery rule is broken: what arrives becomes visible at once, whatever it depends on. */
export function hastyCore(id: string): Core {
  let clock = zeroClock;
  return {
    get clock() {
      return clock;
    },
    write(key, value) {
      clock = tick(clock, id);
      return { sender: id, key, value, vc: clock };
    },
    receive(write) {
      const { node, counter } = dotOf(write);
      if (counter <= counterOf(clock, node)) return [];
      clock = { ...clock, [node]: counter };
      return [write];
    },
  };
}

/** One step of a schedule. `pick` chooses among what is under way to a node. */
export type Step = {
  action: 'put' | 'delete' | 'get' | 'arrive';
  session: number;
  node: number;
  key: number;
  pick: number;
  /** What the network loses of a put or delete. */
  lost: 'nothing' | 'request' | 'answer';
};

/** Schedules for three nodes, up to four sessions and three keys. */
export const schedules = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record<Step>({
      action: fc.constantFrom('put', 'put', 'put', 'delete', 'get', 'get', 'get', 'get', 'arrive', 'arrive'),
      session: fc.nat(3),
      node: fc.nat(2),
      key: fc.nat(2),
      pick: fc.nat(50),
      lost: fc.constantFrom('nothing', 'nothing', 'nothing', 'nothing', 'request', 'answer'),
    }),
    { maxLength, size: 'max' },
  );

class LostError extends Error {}

type SimulatedNode = { core: Core; versions: Map<string, readonly Version[]>; underWay: Write[] };

/** Nodes in one process whose messages arrive when, and in the order in which, a schedule says. */
class SimulatedStore {
  readonly #nodes: readonly SimulatedNode[];

  constructor(size: number, core: (id: string) => Core) {
    this.#nodes = Array.from({ length: size }, (_, index) => ({
      core: core(`n${index}`),
      versions: new Map(),
      underWay: [],
    }));
  }

  /** Lets one of the messages to a node arrive. */
  arrive(node: number, pick: number): void {
    const { underWay } = this.#node(node);
    const [write] = underWay.splice(pick % Math.max(1, underWay.length), 1);
    if (write !== undefined) this.#show(node, this.#node(node).core.receive(write));
  }

  /** Writes at a node that has seen all of `context`. */
  write(node: number, key: string, value: string | null, context: VectorClock, pick: number): VectorClock {
    this.#catchUp(node, context, pick);
    const write = this.#node(node).core.write(key, value);
    this.#show(node, [write]);
    for (const other of this.#nodes) if (other !== this.#node(node)) other.underWay.push(write);
    return write.vc;
  }

  /** Reads at a node that has seen all of `context`. */
  read(node: number, key: string, context: VectorClock, pick: number): { value: unknown; vc: VectorClock } {
    this.#catchUp(node, context, pick);
    const { core, versions } = this.#node(node);
    return { value: versions.get(key)?.[0]?.value ?? null, vc: core.clock };
  }

  #catchUp(node: number, context: VectorClock, pick: number): void {
    while (!descends(this.#node(node).core.clock, context)) this.arrive(node, pick);
  }

  #show(node: number, writes: readonly Write[]): void {
    const { versions } = this.#node(node);
    for (const write of writes) versions.set(write.key, withWrite(versions.get(write.key) ?? [], write));
  }

  #node(index: number): SimulatedNode {
    const node = this.#nodes[index % this.#nodes.length];
    if (node === undefined) throw new Error('a store has at least one node');
    return node;
  }
}

/** Runs a schedule on three nodes and records what its sessions did and saw. */
export async function recordSchedule(steps: readonly Step[], core: (id: string) => Core): Promise<History> {
  const store = new SimulatedStore(3, core);
  let time = 0;
  const recorder = new HistoryRecorder({ now: () => time++ });
  let current: Step | undefined;
  const client = (): RecordableClient => {
    let context = zeroClock;
    const learn = (vc: VectorClock) => {
      context = merge(context, vc);
    };
    const write = async (key: string, value: string | null) => {
      const { node = 0, pick = 0, lost = 'nothing' } = current ?? {};
      if (lost === 'request') throw new LostError();
      const vc = store.write(node, key, value, context, pick);
      if (lost === 'answer') throw new LostError();
      learn(vc);
      return vc;
    };
    return {
      put: write,
      delete: (key) => write(key, null),
      async get(key) {
        const reading = store.read(current?.node ?? 0, key, context, current?.pick ?? 0);
        learn(reading.vc);
        return reading;
      },
    };
  };
  const sessions = Array.from({ length: 4 }, (_, index) => recorder.session(`s${index}`, client()));
  for (current of steps) {
    const { action, node, pick } = current;
    const session = sessions[current.session];
    if (action === 'arrive') store.arrive(node, pick);
    else
      await session?.[action](`k${current.key}`, { node: `n${node}` }).catch((error: unknown) => {
        if (!(error instanceof LostError)) throw error;
      });
  }
  return recorder.history();
}
