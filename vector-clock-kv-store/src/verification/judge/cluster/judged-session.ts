import { merge, type VectorClock, zeroClock } from '../../../causality/vector-clock.ts';
import type { CallOptions } from '../../../session-client/options.ts';
import type { RecordableClient } from '../../history/recorder.ts';
import type { LoadedCluster } from './loaded-cluster.ts';

/** A client of a judged cluster. With a context, it passes the clocks it has got, and may use any node. */
export class JudgedSession implements RecordableClient {
  readonly #cluster: LoadedCluster;
  readonly #hasContext: boolean;
  #context: VectorClock = zeroClock;

  constructor(cluster: LoadedCluster, hasContext: boolean) {
    this.#cluster = cluster;
    this.#hasContext = hasContext;
  }

  async put(key: string, value: string, { node = '' }: CallOptions = {}): Promise<VectorClock> {
    return this.#seen(await this.#cluster.client(node).put(key, value, this.#passed()));
  }

  async get(key: string, { node = '' }: CallOptions = {}): Promise<{ value?: unknown; vc: VectorClock }> {
    const { value, vc } = await this.#cluster.client(node).get(key, this.#passed());
    return { value, vc: this.#seen(vc) };
  }

  async delete(): Promise<never> {
    throw new Error('the contract has no deletion');
  }

  #passed(): VectorClock | undefined {
    return this.#hasContext ? this.#context : undefined;
  }

  #seen(vc: VectorClock = zeroClock): VectorClock {
    this.#context = merge(this.#context, vc);
    return vc;
  }
}
