import fc from 'fast-check';
import { Replica } from '../../src/causality/replica.ts';
import { Retirements } from '../../src/causality/retirements.ts';
import {
  counterOf,
  descends,
  merge,
  tick,
  type VectorClock,
  zeroClock,
} from '../../src/causality/vector-clock.ts';
import { type Version, withWrite } from '../../src/causality/versions.ts';
import { dotOf, type Value, type Write } from '../../src/causality/write.ts';
import type { History } from '../../src/verification/history/history.ts';
import { HistoryRecorder, type RecordableClient } from '../../src/verification/history/recorder.ts';

/** The core of a node: clocks its own writes and decides when received ones become visible. */
export type NodeCore = {
  readonly clock: VectorClock;
  /** The retirements it has made or received. */
  readonly retired: Retirements;
  write: (key: string, value: Value | null) => Write;
  /** Receives a write and returns the writes that become visible. */
  receive: (write: Write) => readonly Write[];
};

/** The store's own causal core. */
export function causalCore(id: string): NodeCore {
  let retired = Retirements.none;
  const replica = new Replica(id, zeroClock, { writes: 100_000, bytes: 1e9 }, () => retired);
  return {
    get clock() {
      return replica.clock;
    },
    get retired() {
      return retired;
    },
    write(key, value) {
      const write = replica.write(key, value);
      retired = retired.withWrites([write]);
      return write;
    },
    receive(write) {
      const receipt = replica.receive(write);
      if (receipt.status !== 'applied') return [];
      retired = retired.withWrites(receipt.delivered);
      return receipt.delivered;
    },
  };
}

/** A core with a broken delivery rule: every write becomes visible on arrival, without its dependencies. */
export function eagerCore(id: string): NodeCore {
  let clock = zeroClock;
  return {
    get clock() {
      return clock;
    },
    retired: Retirements.none,
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

/** One step of a schedule. `pick` selects one of the messages in flight to a node. */
export type Step = {
  action: 'put' | 'delete' | 'get' | 'deliver';
  session: number;
  node: number;
  key: number;
  pick: number;
  /** The message of a put or delete that the network loses. */
  lost: 'nothing' | 'request' | 'response';
};

/** Random schedules for three nodes, up to four sessions and three keys. */
export const schedules = (maxLength: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.record<Step>({
      action: fc.constantFrom(
        'put',
        'put',
        'put',
        'delete',
        'get',
        'get',
        'get',
        'get',
        'deliver',
        'deliver',
      ),
      session: fc.nat(3),
      node: fc.nat(2),
      key: fc.nat(2),
      pick: fc.nat(50),
      lost: fc.constantFrom('nothing', 'nothing', 'nothing', 'nothing', 'request', 'response'),
    }),
    { maxLength, size: 'max' },
  );

class MessageLostError extends Error {}

type StoreNode = { core: NodeCore; versions: Map<string, readonly Version[]>; inFlight: Write[] };

/** A store in memory whose messages arrive in the order that a schedule decides. */
class ScheduledStore {
  readonly #nodes: readonly StoreNode[];

  constructor(size: number, core: (id: string) => NodeCore) {
    this.#nodes = Array.from({ length: size }, (_, index) => ({
      core: core(`n${index}`),
      versions: new Map(),
      inFlight: [],
    }));
  }

  /** Delivers one of the messages in flight to a node. */
  deliver(node: number, pick: number): void {
    const { inFlight } = this.#node(node);
    const [write] = inFlight.splice(pick % Math.max(1, inFlight.length), 1);
    if (write !== undefined) this.#apply(node, this.#node(node).core.receive(write));
  }

  /** Writes at a node once its clock covers `context`. */
  write(node: number, key: string, value: string | null, context: VectorClock, pick: number): VectorClock {
    this.#catchUp(node, context, pick);
    const write = this.#node(node).core.write(key, value);
    this.#apply(node, [write]);
    for (const other of this.#nodes) if (other !== this.#node(node)) other.inFlight.push(write);
    return write.vc;
  }

  /** Reads at a node once its clock covers `context`. */
  read(node: number, key: string, context: VectorClock, pick: number): { value: unknown; vc: VectorClock } {
    this.#catchUp(node, context, pick);
    const { core, versions } = this.#node(node);
    return { value: versions.get(key)?.[0]?.value ?? null, vc: core.clock };
  }

  #catchUp(node: number, context: VectorClock, pick: number): void {
    while (!descends(this.#node(node).core.clock, context)) this.deliver(node, pick);
  }

  #apply(node: number, writes: readonly Write[]): void {
    const { core, versions } = this.#node(node);
    for (const write of writes)
      versions.set(write.key, withWrite(versions.get(write.key) ?? [], write, core.retired));
  }

  #node(index: number): StoreNode {
    const node = this.#nodes[index % this.#nodes.length];
    if (node === undefined) throw new Error('the store has no nodes');
    return node;
  }
}

/** Runs a schedule on three nodes and records the history of its sessions. */
export async function recordSchedule(
  steps: readonly Step[],
  core: (id: string) => NodeCore,
): Promise<History> {
  const store = new ScheduledStore(3, core);
  let time = 0;
  const recorder = new HistoryRecorder({ now: () => time++ });
  let current: Step | undefined;
  const client = (): RecordableClient => {
    let context = zeroClock;
    const extendContext = (vc: VectorClock) => {
      context = merge(context, vc);
    };
    const write = async (key: string, value: string | null) => {
      const { node = 0, pick = 0, lost = 'nothing' } = current ?? {};
      if (lost === 'request') throw new MessageLostError();
      const vc = store.write(node, key, value, context, pick);
      if (lost === 'response') throw new MessageLostError();
      extendContext(vc);
      return vc;
    };
    return {
      put: write,
      delete: (key) => write(key, null),
      async get(key) {
        const result = store.read(current?.node ?? 0, key, context, current?.pick ?? 0);
        extendContext(result.vc);
        return result;
      },
    };
  };
  const sessions = Array.from({ length: 4 }, (_, index) => recorder.session(`s${index}`, client()));
  for (current of steps) {
    const { action, node, pick } = current;
    const session = sessions[current.session];
    if (action === 'deliver') store.deliver(node, pick);
    else
      await session?.[action](`k${current.key}`, { node: `n${node}` }).catch((error: unknown) => {
        if (!(error instanceof MessageLostError)) throw error;
      });
  }
  return recorder.history();
}
