import type { CallOptions } from '../../causal-client.ts';
import { counterOf, type VectorClock, zeroClock } from '../../causality/vector-clock.ts';
import type { KeyValue } from '../../causality/write.ts';
import type { ClusterNode } from '../../cluster-node.ts';
import { contextAfter, impliedIds } from '../../retirement/reported-clocks.ts';
import type { RecordableClient } from '../history/recorder.ts';
import { batchClocks } from '../workload/batch-clocks.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import type { SimulatedProcess } from './simulated-process.ts';

/** The node is not serving; the request had no effect. */
class NotServingError extends Error {
  override readonly name = 'NotServingError';
}

/** How long a node may take to catch up with the client's context. */
const WAIT_MS = 1_500;

/** Longer than WAIT_MS, so that the node gives up first and the client learns why. */
const REQUEST_TIMEOUT_MS = 2_500;

export type SimulatedClientOptions = {
  process: SimulatedProcess;
  network: SimulatedNetwork<ClusterNode>;
  /** Where a node is now. */
  addressOf: (node: string) => string;
  /** Called once per write: how many nodes must have stored it. */
  acks: () => number;
};

/** A client session with the simulated cluster. The counterpart of CausalClient, without HTTP. */
export class SimulatedClient implements RecordableClient {
  readonly #name: string;
  readonly #options: SimulatedClientOptions;
  #context: VectorClock = zeroClock;

  constructor(name: string, options: SimulatedClientOptions) {
    this.#name = name;
    this.#options = options;
  }

  put(key: string, value: string, options: CallOptions = {}): Promise<VectorClock> {
    return this.#write([{ key, value }], options);
  }

  async putAll(
    writes: readonly { key: string; value: string }[],
    options: CallOptions = {},
  ): Promise<VectorClock[]> {
    let sender = '';
    const last = await this.#write(writes, options, (id) => {
      sender = id;
    });
    return batchClocks(last, sender, writes.length);
  }

  delete(key: string, options: CallOptions = {}): Promise<VectorClock> {
    return this.#write([{ key, value: null }], options);
  }

  async get(key: string, { node }: CallOptions = {}): Promise<{ value: unknown; vc: VectorClock }> {
    const context = this.#context;
    const { versions, vc } = await this.#request(node, async (serving) =>
      storeOf(serving, context).get(key, { context, waitMs: WAIT_MS }),
    );
    this.#extendContext(context, vc);
    return { value: versions[0]?.value ?? null, vc };
  }

  /** @param onMade called with the id of the node that made the writes @returns the clock of the last one */
  async #write(
    writes: readonly KeyValue[],
    { node }: CallOptions,
    onMade: (id: string) => void = () => {},
  ): Promise<VectorClock> {
    const context = this.#context;
    const acks = this.#options.acks();
    const vc = await this.#request(node, async (serving) => {
      const store = storeOf(serving, context);
      const clock = await store.putAll(writes, { context, waitMs: WAIT_MS });
      onMade(store.id);
      const storedOn = (await serving.replicator?.storedOn(counterOf(clock, store.id), acks, WAIT_MS)) ?? 1;
      if (storedOn < acks) throw new Error('too few nodes have stored the write');
      return clock;
    });
    this.#extendContext(context, vc);
    return vc;
  }

  /** As CausalClient does, with what the routes respond to the context `sent`. */
  #extendContext(sent: VectorClock, vc: VectorClock): void {
    this.#context = contextAfter(this.#context, vc, impliedIds(sent, vc));
  }

  #request<Result>(to = '', serve: (node: ClusterNode) => Promise<Result>): Promise<Result> {
    const { addressOf, network, process } = this.#options;
    return network.request(
      { process, from: this.#name, to: addressOf(to), timeoutMs: REQUEST_TIMEOUT_MS, idempotent: false },
      serve,
    );
  }
}

/** @throws Error when the node is not serving, or has lost writes that the client has seen */
function storeOf(node: ClusterNode, context: VectorClock) {
  const { store } = node;
  if (store === undefined || node.status !== 'ok')
    throw new NotServingError(`${node.name} is ${node.status}`);
  if (counterOf(context, store.id) > store.ownCounter) {
    throw new Error(
      `${store.id} made ${store.ownCounter} writes, but a client has seen write ${counterOf(context, store.id)}`,
    );
  }
  return store;
}
