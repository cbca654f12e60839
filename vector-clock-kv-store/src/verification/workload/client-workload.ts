import { setTimeout } from 'node:timers/promises';
import type { SeededRandom } from '@gridclock/simulation-kit';
import { CausalClient, StoreError, UnreachableError } from '../../causal-client.ts';
import type { HistoryRecorder, RecordedSession } from '../history/recorder.ts';
import { withBatchClocks } from './batch-clocks.ts';
import { batchKeys } from './batch-keys.ts';
import { NodeApi } from './node-api.ts';

/** The probability that a session switches nodes, writes, deletes or writes a batch; all other operations are reads. */
const PROBABILITIES = { switch: 0.02, write: 0.42, delete: 0.03, batch: 0.03 };

/** How long a node may take to catch up with a session before the session switches nodes, in milliseconds. */
const WAIT_MS = 2_000;

/** The pause after a failed operation, in milliseconds, so that sessions do not spin on an unavailable node. */
const FAILURE_PAUSE_MS = 25;

/** Called when an operation ends. */
type OperationObserver = (succeeded: boolean, latencyMs: number) => void;

/** Runs recorded client sessions that read and write a few shared keys, also in batches, on changing nodes. */
export class ClientWorkload {
  readonly #urlOf: (node: string) => string;
  readonly #openNodes: () => readonly string[];
  readonly #keys: readonly string[];
  readonly #pending = new Map<string, number>();
  readonly #onOperation: OperationObserver;
  readonly #api = new NodeApi();
  #operations = 0;
  #failures = 0;

  /** @param openNodes returns the nodes that clients may use at the moment, at least one */
  constructor(
    urlOf: (node: string) => string,
    openNodes: () => readonly string[],
    keys: readonly string[],
    onOperation: OperationObserver = () => {},
  ) {
    this.#onOperation = onOperation;
    this.#urlOf = urlOf;
    this.#openNodes = openNodes;
    this.#keys = keys;
  }

  /** The number of operations that succeeded. */
  get operations(): number {
    return this.#operations;
  }

  /** The number of operations that failed. */
  get failures(): number {
    return this.#failures;
  }

  /** How many requests a node has not responded to yet. */
  pendingAt(node: string): number {
    return this.#pending.get(node) ?? 0;
  }

  /** Runs one session until `stop` aborts. */
  async run(name: string, recorder: HistoryRecorder, random: SeededRandom, stop: AbortSignal): Promise<void> {
    const client = new CausalClient({ nodes: [], waitMs: WAIT_MS });
    const session = recorder.session(
      name,
      withBatchClocks(client, (url) => this.#api.clockIdOf(url)),
    );
    let node = random.pick(this.#openNodes());
    while (!stop.aborted) {
      if (random.chance(PROBABILITIES.switch) || !this.#openNodes().includes(node))
        node = random.pick(this.#openNodes());
      if (await this.#operate(session, node, random)) continue;
      node = random.pick(this.#openNodes());
      await setTimeout(FAILURE_PAUSE_MS);
    }
  }

  /** Performs a random operation; resolves to whether it succeeded. */
  async #operate(session: RecordedSession, node: string, random: SeededRandom): Promise<boolean> {
    const key = random.pick(this.#keys);
    const draw = random.fraction();
    const options = { node: this.#urlOf(node) };
    this.#pending.set(node, this.pendingAt(node) + 1);
    const startedAt = performance.now();
    try {
      const { write, delete: deletion, batch } = PROBABILITIES;
      if (draw < write) await session.put(key, options);
      else if (draw < write + deletion) await session.delete(key, options);
      else if (draw < write + deletion + batch) await session.putAll(batchKeys(this.#keys, random), options);
      else await session.get(key, options);
      this.#operations++;
      this.#onOperation(true, performance.now() - startedAt);
      return true;
    } catch (error) {
      if (!(error instanceof StoreError || error instanceof UnreachableError)) throw error;
      this.#failures++;
      this.#onOperation(false, performance.now() - startedAt);
      return false;
    } finally {
      this.#pending.set(node, this.pendingAt(node) - 1);
    }
  }
}
