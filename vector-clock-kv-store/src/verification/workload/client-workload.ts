import { setTimeout } from 'node:timers/promises';
import type { SeededRandom } from '@gridclock/simulation-kit';
import { CausalClient, StoreError, UnreachableError } from '../../causal-client.ts';
import type { HistoryRecorder, RecordedSession } from '../history/recorder.ts';

/** How often a session changes its node of itself, writes and deletes; the rest are reads. */
const SHARES = { moves: 0.02, writes: 0.45, deletions: 0.03 };

/** How long a node may take to catch up with a session, in milliseconds, before the session asks another. */
const WAIT_MS = 2_000;

/** A node that cannot serve is not asked again at once, in milliseconds. */
const AFTER_FAILURE_MS = 25;

/** Sessions that read and write the same few keys on changing nodes, all recorded. */
export class ClientWorkload {
  readonly #urlOf: (node: string) => string;
  readonly #open: () => readonly string[];
  readonly #keys: readonly string[];
  readonly #underWay = new Map<string, number>();
  #operations = 0;
  #failures = 0;

  /** @param open the nodes that may be asked at the moment, at least one */
  constructor(urlOf: (node: string) => string, open: () => readonly string[], keys: readonly string[]) {
    this.#urlOf = urlOf;
    this.#open = open;
    this.#keys = keys;
  }

  /** How many operations were answered, and how many were not. */
  get operations(): number {
    return this.#operations;
  }

  get failures(): number {
    return this.#failures;
  }

  /** How many requests a node has not yet answered. */
  underWayAt(node: string): number {
    return this.#underWay.get(node) ?? 0;
  }

  /** Runs one session until it is told to stop. */
  async run(name: string, recorder: HistoryRecorder, random: SeededRandom, stop: AbortSignal): Promise<void> {
    const client = new CausalClient({ nodes: [], waitMs: WAIT_MS });
    const session = recorder.session(name, {
      put: (key, value, options) => client.put(key, value, options),
      get: (key, options) => client.get(key, options),
      delete: (key, options) => client.remove(key, options),
    });
    let node = random.pick(this.#open());
    while (!stop.aborted) {
      if (random.chance(SHARES.moves) || !this.#open().includes(node)) node = random.pick(this.#open());
      if (await this.#operate(session, node, random)) continue;
      node = random.pick(this.#open());
      await setTimeout(AFTER_FAILURE_MS);
    }
  }

  /** @returns whether it was answered */
  async #operate(session: RecordedSession, node: string, random: SeededRandom): Promise<boolean> {
    const key = random.pick(this.#keys);
    const share = random.fraction();
    const asked = { node: this.#urlOf(node) };
    this.#underWay.set(node, this.underWayAt(node) + 1);
    try {
      if (share < SHARES.writes) await session.put(key, asked);
      else if (share < SHARES.writes + SHARES.deletions) await session.delete(key, asked);
      else await session.get(key, asked);
      this.#operations++;
      return true;
    } catch (error) {
      if (!(error instanceof StoreError || error instanceof UnreachableError)) throw error;
      this.#failures++;
      return false;
    } finally {
      this.#underWay.set(node, this.underWayAt(node) - 1);
    }
  }
}
