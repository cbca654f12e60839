import type { NodeApi } from '../workload/node-api.ts';

/** Close to the largest value that a node accepts. */
const VALUE = 'f'.repeat(1_000_000);

/** Four requests at a time of 40 in all: beyond the limit of the log, but a matter of seconds on a busy disk. */
const FLOOD = { writes: 40, atOnce: 4 };

/** Few keys, so that the data stays small. No session uses them. */
const KEYS = ['flood1', 'flood2', 'flood3'];

/** Writes many large values to one node until it is stopped. Writes that the node refuses are part of the flood. */
export class ByteFlood {
  readonly #api: NodeApi;
  readonly #url: () => string;
  readonly #writing: Promise<void>;
  #left = FLOOD.writes;

  /** @param url returns where the node is at the moment */
  constructor(api: NodeApi, url: () => string) {
    this.#api = api;
    this.#url = url;
    this.#writing = Promise.all(Array.from({ length: FLOOD.atOnce }, () => this.#write())).then(() => {});
  }

  /** Resolves once the node has responded to the last write, or will not. */
  async stop(): Promise<void> {
    this.#left = 0;
    await this.#writing;
  }

  async #write(): Promise<void> {
    while (this.#left-- > 0) {
      const key = KEYS[this.#left % KEYS.length] ?? '';
      await this.#api.put(this.#url(), key, VALUE).catch(() => {});
    }
  }
}
