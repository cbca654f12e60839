import type { Scheduler } from '@gridclock/service-kit/scheduler';
import { type NodeId, nameOf } from '../causality/node-id.ts';
import { clockSum, counterOf, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { type LogLimit, takeWithin } from '../storage/log-limit.ts';
import type { Storage } from '../storage/storage.ts';
import { type Heartbeat, NoHeartbeatError, type Transport } from './transport.ts';

export type LinkOptions = {
  /** The configured name of the node at the other end. */
  peer: string;
  /** The name this node's own writes are counted under. */
  self: NodeId;
  storage: Pick<Storage, 'clock' | 'pruned' | 'log'>;
  transport: Transport;
  scheduler: Scheduler;
  /** Uniform in [0, 1): spreads retries and comparisons. */
  random: () => number;
  /** Called when the peer is first not reached, and when it is again. */
  onReachable?: (reachable: boolean, reason?: string) => void;
  /** Called with what the peer has said of itself and of the cluster. */
  onHeartbeat?: (heartbeat: Heartbeat) => void;
  /** Called when the peer has said what it has. */
  onKnown?: () => void;
};

/** A request of this size takes milliseconds to read; a lost one costs no more than that to repeat. */
const BATCH: LogLimit = { writes: 500, bytes: 512 * 1024 };

/** How often the peer's clock is compared with ours, in milliseconds: how long a lost message stays unnoticed. */
const COMPARE_EVERY_MS = 500;

/** The first and the longest pause after a failure, in milliseconds; random below that (full jitter). */
const BACKOFF = { firstMs: 50, longestMs: 1_000 };

/**
 * Brings one peer everything it lacks. This node's own writes are pushed as they come, in batches that grow
 * while a request is under way. Besides, the peer's clock is compared with ours from time to time; what it
 * still lacks of what we had at the last comparison, whoever wrote it, was lost on its way and is sent from
 * our log (anti-entropy; A. Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", 1987).
 */
export class Link {
  readonly #options: LinkOptions;
  /** The last of our own writes that the transport has taken. */
  #sent = 0;
  /** What the peer has said that it has delivered. */
  #known: VectorClock = zeroClock;
  /** What the peer should have by the next comparison, or else it was lost. */
  #due: VectorClock = zeroClock;
  #settled: VectorClock = zeroClock;
  /** The report that becomes the settled one next. */
  #unsettled: VectorClock | undefined;
  #compareAt = 0;
  #failures = 0;
  #stopped = false;
  /** Ends the wait for the request under way. */
  #giveUp: (() => void) | undefined;
  #wake: (() => void) | undefined;
  #woken = false;
  #running: Promise<void> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
  }

  /** What the peer has said that it has delivered. */
  get known(): VectorClock {
    return this.#known;
  }

  /**
   * What the peer had when it made any write that can still arrive here: a clock that it has reported, once
   * all writes that it had made by then have been delivered here. What it writes later has seen that clock
   * (causal stability; C. Baquero et al., "Making Operation-Based CRDTs Operation-Based", 2014).
   */
  settled(): VectorClock {
    const { storage, peer } = this.#options;
    this.#unsettled ??= this.#known;
    const reported = this.#unsettled;
    const own = Object.keys(reported).filter((id) => nameOf(id) === peer);
    if (own.every((id) => counterOf(storage.clock, id) >= counterOf(reported, id))) {
      this.#settled = reported;
      this.#unsettled = undefined;
    }
    return this.#settled;
  }

  /** How many of this node's own writes the peer is not known to have. */
  get lag(): number {
    const { self, storage } = this.#options;
    return Math.max(0, counterOf(storage.clock, self) - counterOf(this.#known, self));
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves when nothing more will be read or sent. A peer that does not answer is not waited for. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#giveUp?.();
    this.notify();
    await this.#running;
  }

  /** There may be something to send. */
  notify(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** The peer can be reached again, or messages to it were lost: compare at once, and send all that it lacks. */
  repair(): void {
    this.#due = this.#options.storage.clock;
    this.#compareAt = 0;
    this.notify();
  }

  /** A request from the peer has come in: no need to wait longer before trying it again. */
  heard(): void {
    if (this.#failures > 0) this.repair();
  }

  async #run(): Promise<void> {
    const { self, storage, scheduler, onReachable } = this.#options;
    while (!this.#stopped) {
      this.#woken = false;
      try {
        if (scheduler.now() >= this.#compareAt) await this.#compare();
        const fresh = storage.log(self, this.#sent, BATCH);
        const last = fresh.at(-1);
        if (last !== undefined) {
          await this.#send(fresh);
          this.#sent = dotOf(last).counter;
        }
        if (this.#failures > 0) {
          this.#failures = 0;
          onReachable?.(true);
          this.repair();
        }
        if (last === undefined) await this.#pause(this.#compareAt - scheduler.now());
      } catch (error) {
        if (this.#stopped) return;
        if (this.#failures === 0)
          onReachable?.(false, error instanceof Error ? error.message : String(error));
        this.#failures++;
        this.#compareAt = 0;
        this.#woken = false;
        await this.#pause(this.#backoffMs());
      }
    }
  }

  async #compare(): Promise<void> {
    const { scheduler, random } = this.#options;
    try {
      await this.#sendWhatIsLost();
    } catch (error) {
      // What such a peer misses cannot be found out; it still gets every new write.
      if (!(error instanceof NoHeartbeatError)) throw error;
    }
    // Between 0.75 and 1.25 of the interval, so that nodes do not fall into step.
    this.#compareAt = scheduler.now() + COMPARE_EVERY_MS * (0.75 + random() / 2);
  }

  async #sendWhatIsLost(): Promise<void> {
    const { self, transport, storage } = this.#options;
    // Read before asking: what is delivered meanwhile may well be on its way to the peer.
    const before = storage.clock;
    const heartbeat = await this.#answer(transport.heartbeat());
    const { clock } = heartbeat;
    this.#options.onHeartbeat?.(heartbeat);
    // Not merged: a peer that lost its memory has less than it had.
    this.#known = clock;
    this.#options.onKnown?.();
    this.#sent = Math.max(this.#sent, counterOf(clock, self));
    let lost = this.#lost();
    while (lost.length > 0 && !this.#stopped) {
      const had = clockSum(this.#known);
      await this.#send(lost);
      // Without progress the rest waits for the next comparison: the peer may lack what we lack too.
      if (clockSum(this.#known) <= had) break;
      lost = this.#lost();
    }
    this.#due = before;
  }

  /** The start of what was due and has not arrived, in causal order: a clock's sum grows along causality. */
  #lost(): Write[] {
    const { storage } = this.#options;
    const lost = Object.keys(this.#due)
      .filter((origin) => counterOf(this.#known, origin) < counterOf(this.#due, origin))
      // What the log has no more, only a snapshot can bring, and the peer asks for that itself.
      .filter((origin) => counterOf(this.#known, origin) >= counterOf(storage.pruned, origin))
      .flatMap((origin) => storage.log(origin, counterOf(this.#known, origin), BATCH))
      .sort((left, right) => clockSum(left.vc) - clockSum(right.vc));
    return takeWithin(BATCH, lost);
  }

  async #send(writes: readonly Write[]): Promise<void> {
    const clock = await this.#answer(this.#options.transport.replicate(writes));
    if (clock === undefined) return;
    this.#known = merge(this.#known, clock);
    this.#options.onKnown?.();
  }

  /** What the peer answers; throws when this link is stopped before. */
  #answer<Result>(asked: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#giveUp = () => reject(new Error('the link was stopped'));
      if (this.#stopped) this.#giveUp();
      asked.then(resolve, reject);
    });
  }

  #backoffMs(): number {
    const ceiling = Math.min(BACKOFF.longestMs, BACKOFF.firstMs * 2 ** Math.min(this.#failures, 10));
    return Math.max(BACKOFF.firstMs / 2, ceiling * this.#options.random());
  }

  #pause(ms: number): Promise<void> {
    if (this.#woken || this.#stopped || ms <= 0) return Promise.resolve();
    return new Promise((resolve) => {
      const over = () => {
        cancel();
        this.#wake = undefined;
        resolve();
      };
      const cancel = this.#options.scheduler.after(ms, over);
      this.#wake = over;
    });
  }
}
