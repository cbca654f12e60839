import type { Response } from 'express';
import type { Budget, Holding } from '../pacing/budget.ts';

export type GrowingBodiesOptions = {
  budget: Budget;
  /** The largest body that is read. */
  largestBytes: number;
  /** Whether the budget may give this many more bytes to a body that then has as many in all. */
  mayTake: (more: number, total: number) => boolean;
  /** How long a body may wait for room, in milliseconds. */
  waitMs: number;
  /** Called when bytes were given back. */
  onFreed: () => void;
  /** Called for a body that has waited too long. Nothing more of it is read. */
  onRefused: (response: Response) => void;
  /** Called for a body that turns out to be larger than the largest, likewise. */
  onTooLarge: (response: Response) => void;
};

/** 64 KiB: as much as a connection hands over at once. */
const STEP_BYTES = 64 * 1024;

/** Two steps: a small body, and what may arrive before it is known to be larger. */
const FIRST_BYTES = 2 * STEP_BYTES;

/** A body whose size its sender has not announced. */
type GrowingBody = {
  response: Response;
  holding: Holding;
  arrivedBytes: number;
  /** The end of a pause until there is room; undefined while the body is read. */
  timer: NodeJS.Timeout | undefined;
};

/**
 * Counts bodies of unknown size in a budget as they arrive, a step ahead, and pauses those that it has no room for.
 *
 * So that bodies cannot wait for each other, the oldest gets room for the largest body, as soon as there is any, and the
 * others grow only once it has. It passes that room on to the next one when it can do without.
 */
export class GrowingBodies {
  readonly #options: GrowingBodiesOptions;
  /** Those that have not arrived yet, the oldest first. */
  readonly #arriving = new Set<GrowingBody>();
  readonly #paused = new Map<Response, GrowingBody>();
  /** The one that has room for the largest body. */
  #oldest: GrowingBody | undefined;

  constructor(options: GrowingBodiesOptions) {
    this.#options = options;
  }

  /** How many bytes a body holds first. */
  get firstBytes(): number {
    return Math.min(FIRST_BYTES, this.#options.largestBytes);
  }

  /** How many bodies wait for room. */
  get waiting(): number {
    return this.#paused.size;
  }

  /** Whether a body waits for room. */
  isPaused(response: Response): boolean {
    return this.#paused.has(response);
  }

  /** Reads a body that holds its first bytes. Returns what to call once its response is closed. */
  add(response: Response): () => void {
    const holding = this.#options.budget.hold(this.firstBytes);
    const body: GrowingBody = { response, holding, arrivedBytes: 0, timer: undefined };
    this.#arriving.add(body);
    this.#chooseOldest();
    const request = response.req;
    // The parser listens to the same data from this turn on.
    request.on('data', (chunk: Buffer) => {
      // Closed: the rest of what its connection received is still read. It holds nothing, and is not answered again.
      if (!this.#arriving.has(body)) return;
      body.arrivedBytes += chunk.length;
      if (body.arrivedBytes > this.#options.largestBytes) this.#options.onTooLarge(response);
      else this.#grow(body);
    });
    request.once('end', () => this.#arrived(body));
    return () => this.#closed(body);
  }

  /** Reads on those that there is room for now. */
  resume(): void {
    this.#chooseOldest();
    for (const body of this.#paused.values()) {
      if (!this.#takeStep(body)) return;
      this.#unpause(body);
    }
  }

  #grow(body: GrowingBody): void {
    if (this.#takeStep(body) || this.#paused.has(body.response)) return;
    body.response.req.pause();
    this.#paused.set(body.response, body);
    body.timer = setTimeout(() => {
      this.#paused.delete(body.response);
      this.#options.onRefused(body.response);
    }, this.#options.waitMs);
  }

  /** Makes room for what may arrive next, if there is. */
  #takeStep({ arrivedBytes, holding }: GrowingBody): boolean {
    const { largestBytes, mayTake } = this.#options;
    const steps = Math.ceil(arrivedBytes / STEP_BYTES) + 1;
    const total = Math.min(steps * STEP_BYTES, largestBytes);
    const more = total - holding.bytes;
    if (more <= 0) return true;
    if (this.#oldest === undefined || !mayTake(more, total)) return false;
    holding.resize(total);
    return true;
  }

  #unpause(body: GrowingBody): void {
    clearTimeout(body.timer);
    if (this.#paused.delete(body.response)) body.response.req.resume();
  }

  #arrived(body: GrowingBody): void {
    const { largestBytes, onFreed } = this.#options;
    this.#arriving.delete(body);
    const kept = Math.min(body.arrivedBytes, largestBytes);
    if (body === this.#oldest) {
      const [next] = this.#arriving;
      // What it gives back is not enough for the next one, which waits for its response instead.
      if (next !== undefined && largestBytes - next.holding.bytes > body.holding.bytes - kept) return;
      body.holding.resize(kept);
      this.#passOn();
    } else body.holding.resize(kept);
    onFreed();
  }

  #closed(body: GrowingBody): void {
    this.#arriving.delete(body);
    clearTimeout(body.timer);
    this.#paused.delete(body.response);
    body.holding.free();
    if (body === this.#oldest) this.#passOn();
    this.#options.onFreed();
  }

  /** Hands the room for the largest body over. It was just given back, so the next one always has it. */
  #passOn(): void {
    this.#oldest = undefined;
    this.#chooseOldest((more, { holding }) => holding.canGrow(more));
  }

  #chooseOldest(isFree = (more: number, _body: GrowingBody) => this.#mayBeLargest(more)): void {
    const [next] = this.#arriving;
    if (this.#oldest !== undefined || next === undefined) return;
    const { largestBytes } = this.#options;
    if (!isFree(largestBytes - next.holding.bytes, next)) return;
    next.holding.resize(largestBytes);
    this.#oldest = next;
    this.#unpause(next);
  }

  #mayBeLargest(more: number): boolean {
    return more <= 0 || this.#options.mayTake(more, this.#options.largestBytes);
  }
}
