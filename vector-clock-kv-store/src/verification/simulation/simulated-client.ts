import type { CallOptions } from '../../causal-client.ts';
import { counterOf, merge, type VectorClock, zeroClock } from '../../causality/vector-clock.ts';
import type { Value } from '../../causality/write.ts';
import type { ClusterNode } from '../../cluster-node.ts';
import type { RecordableClient } from '../history/recorder.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { Life } from './simulated-process.ts';

/** The node answered that it cannot serve now, and did nothing. */
class NotServingError extends Error {
  override readonly name = 'NotServingError';
}

/** How long a node that is behind may take to catch up with a client, and an answer to come, in milliseconds. */
const WAIT_MS = 1_500;
const ANSWER_LIMIT_MS = 2_500;

/** A client's session with the simulated cluster: what CausalClient is over HTTP. */
export class SimulatedClient implements RecordableClient {
  readonly #name: string;
  readonly #life: Life;
  readonly #network: SimulatedNetwork<ClusterNode>;
  /** How many nodes must have a write before it counts as made; asked anew for every write. */
  readonly #acks: () => number;
  #context: VectorClock = zeroClock;

  constructor(name: string, life: Life, network: SimulatedNetwork<ClusterNode>, acks: () => number) {
    this.#name = name;
    this.#life = life;
    this.#network = network;
    this.#acks = acks;
  }

  put(key: string, value: string, options: CallOptions = {}): Promise<VectorClock> {
    return this.#write(key, value, options);
  }

  delete(key: string, options: CallOptions = {}): Promise<VectorClock> {
    return this.#write(key, null, options);
  }

  async get(key: string, { node }: CallOptions = {}): Promise<{ value: unknown; vc: VectorClock }> {
    const context = this.#context;
    const { versions, vc } = await this.#ask(node, async (serving) =>
      storeOf(serving, context).get(key, { context, waitMs: WAIT_MS }),
    );
    this.#context = merge(this.#context, vc);
    return { value: versions[0]?.value ?? null, vc };
  }

  async #write(key: string, value: Value | null, { node }: CallOptions): Promise<VectorClock> {
    const context = this.#context;
    const acks = this.#acks();
    const vc = await this.#ask(node, async (serving) => {
      const store = storeOf(serving, context);
      const clock = await store.put(key, value, { context, waitMs: WAIT_MS });
      const storedOn = (await serving.replicator?.storedOn(counterOf(clock, store.id), acks, WAIT_MS)) ?? 1;
      if (storedOn < acks) throw new Error('too few nodes have the write');
      return clock;
    });
    this.#context = merge(this.#context, vc);
    return vc;
  }

  #ask<Answer>(to = '', serve: (node: ClusterNode) => Promise<Answer>): Promise<Answer> {
    return this.#network.ask(
      { life: this.#life, from: this.#name, to, limitMs: ANSWER_LIMIT_MS, idempotent: false },
      serve,
    );
  }
}

function storeOf(node: ClusterNode, context: VectorClock) {
  const { store } = node;
  if (store === undefined || node.status !== 'ok')
    throw new NotServingError(`${node.name} is ${node.status}`);
  if (counterOf(context, store.id) > store.ownCounter) {
    throw new Error(
      `${store.id} made ${store.ownCounter} writes, but a client has seen ${counterOf(context, store.id)}`,
    );
  }
  return store;
}
