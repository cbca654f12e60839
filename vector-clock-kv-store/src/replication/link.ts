import { fullJitterMs } from '@gridclock/service-kit/backoff';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { NodeId } from '../causality/node-id.ts';
import { clockSum, compare, counterOf, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import { dotOf, type Write } from '../causality/write.ts';
import { REPLICATION_BATCH } from '../limits.ts';
import type { Storage } from '../storage/storage.ts';
import { takeWithin } from '../storage/take-within.ts';
import { LinkSender } from './link-sender.ts';
import { PeerProgress } from './peer-progress.ts';
import type { RejectedWrite } from './rejected-writes.ts';
import { type Heartbeat, NoHeartbeatError, type Transport, WrongPeerError } from './transport.ts';
import { WakeUp } from './wake-up.ts';

export type LinkOptions = {
  /** The peer's configured name. */
  peer: string;
  /** The id that this node's own writes are counted under. */
  self: NodeId;
  storage: Pick<Storage, 'clock' | 'pruned' | 'retired' | 'log'>;
  transport: Transport;
  scheduler: Scheduler;
  /** Uniform in [0, 1): spreads retries and comparisons. */
  random: () => number;
  /** Called when the peer becomes unreachable, and when it is reachable again. */
  onReachabilityChange?: (reachable: boolean, reason?: string) => void;
  /** Called with each heartbeat of the peer and the milliseconds since it was requested. */
  onHeartbeat?: (heartbeat: Heartbeat, tookMs: number) => void;
  /** Called when the peer has rejected a write more than once. */
  onRejected?: (write: RejectedWrite) => void;
  /** Called when the peer has reported its clock. */
  onProgress?: () => void;
};

/** How often to compare clocks with the peer: a lost message goes unnoticed for about this long. */
const COMPARE_EVERY_MS = 500;

/** How often an idle link compares: no write can be lost, and 2 s is soon enough to notice a removal. */
const COMPARE_IDLE_MS = 2_000;

/** From 0.1 s, so that a restarted peer is found quickly, to 1 s, so that a dead one costs two requests per second. */
const BACKOFF = { firstMs: 100, longestMs: 1_000 };

/**
 * Sends one peer every write that is missing there.
 *
 * This node's own writes are pushed as they are made, in batches that grow while a request is in flight. The link
 * also compares clocks with the peer periodically (anti-entropy): a write of any node that was stored here at one
 * comparison and is still missing there at the next was lost, and is sent again from the log.
 *
 * A. Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", 1987.
 */
export class Link {
  readonly progress: PeerProgress;
  readonly #options: LinkOptions;
  /** The last of this node's own writes that the transport has accepted. */
  #sent = 0;
  /** The clock here at the last comparison. Writes in it that are missing at the peer at the next one were lost. */
  #due: VectorClock = zeroClock;
  #compareAt = 0;
  /** Doubles from COMPARE_EVERY_MS to COMPARE_IDLE_MS while the clocks are equal. */
  #intervalMs = COMPARE_EVERY_MS;
  #failures = 0;
  #failedAt = 0;
  #needsLog = false;
  #stopped = false;
  readonly #sender: LinkSender;
  readonly #wakeUp: WakeUp;
  /** Rejects the request in flight. */
  #abort: (() => void) | undefined;
  #running: Promise<void> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.progress = new PeerProgress(
      options.peer,
      () => options.storage.clock,
      () => options.storage.retired,
    );
    this.#sender = new LinkSender({ ...options, deliver: (writes) => this.#deliver(writes) });
    this.#wakeUp = new WakeUp(options.scheduler);
  }

  /** Whether the peer can receive writes from the log only, because it fetches no snapshots. */
  get needsLog(): boolean {
    return this.#needsLog;
  }

  /** The writes that the peer rejects for good. They are tried again, ever more slowly. */
  get rejected(): RejectedWrite[] {
    return this.#sender.rejected;
  }

  /** How many of this node's own writes the peer is not known to have. */
  get lag(): number {
    const { self, storage } = this.#options;
    return Math.max(0, counterOf(storage.clock, self) - counterOf(this.progress.clock, self));
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** Resolves once the link neither reads the log nor sends. Does not wait for a request in flight. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#abort?.();
    this.notify();
    await this.#running;
  }

  /** Wakes the link, because there may be writes to send. */
  notify(): void {
    this.#intervalMs = COMPARE_EVERY_MS;
    this.#compareAt = Math.min(this.#compareAt, this.#options.scheduler.now() + COMPARE_EVERY_MS);
    this.#wakeUp.wake();
  }

  /** Compares clocks at once and sends every missing write, because messages to it may have been lost. */
  repair(): void {
    this.#due = this.#options.storage.clock;
    this.#compareAt = 0;
    this.notify();
  }

  /** Ends the backoff of an unreachable peer, because the peer has just sent a request. */
  retryNow(): void {
    // Not at once: two nodes that refuse each other would send requests without a pause.
    const waitedMs = this.#options.scheduler.now() - this.#failedAt;
    if (this.#failures > 0 && waitedMs >= BACKOFF.firstMs) this.repair();
  }

  async #run(): Promise<void> {
    const { self, storage, scheduler, random, onReachabilityChange } = this.#options;
    while (!this.#stopped) {
      this.#wakeUp.reset();
      try {
        if (scheduler.now() >= this.#compareAt) await this.#compare();
        const fresh = this.#fetchesSnapshot() ? [] : storage.log(self, this.#sent, REPLICATION_BATCH);
        const last = fresh.findLast((write) => !this.#sender.blocks(write));
        if (last !== undefined) {
          await this.#sender.send(fresh);
          // Less than the whole batch if the peer rejected one of them: those from it on are sent later.
          const sent = fresh.findLast((write) => !this.#sender.blocks(write));
          if (sent !== undefined) this.#sent = dotOf(sent).counter;
        }
        if (this.#failures > 0) {
          this.#failures = 0;
          onReachabilityChange?.(true);
          this.repair();
        }
        if (last === undefined) await this.#pause(this.#compareAt - scheduler.now());
      } catch (error) {
        if (this.#stopped) return;
        if (this.#failures === 0)
          onReachabilityChange?.(false, error instanceof Error ? error.message : String(error));
        this.#failures++;
        this.#failedAt = scheduler.now();
        this.#compareAt = 0;
        this.#wakeUp.reset();
        await this.#pause(fullJitterMs(BACKOFF, this.#failures, random));
      }
    }
  }

  async #compare(): Promise<void> {
    const { scheduler, random } = this.#options;
    try {
      await this.#resendLost();
    } catch (error) {
      // Without heartbeats, losses go undetected; the peer still receives every new write.
      if (error instanceof WrongPeerError) this.progress.forget();
      if (!(error instanceof NoHeartbeatError)) throw error;
      this.#needsLog = true;
    }
    const idle = compare(this.#options.storage.clock, this.progress.clock) === 'equal';
    this.#intervalMs = idle ? Math.min(2 * this.#intervalMs, COMPARE_IDLE_MS) : COMPARE_EVERY_MS;
    // Between 0.75 and 1.25 of the interval, so that nodes do not synchronize.
    this.#compareAt = scheduler.now() + this.#intervalMs * (0.75 + random() / 2);
  }

  async #resendLost(): Promise<void> {
    const { self, transport, storage, scheduler, onHeartbeat, onProgress } = this.#options;
    const askedAt = scheduler.now();
    // Read before the request: writes delivered meanwhile may still be in flight to the peer.
    const before = storage.clock;
    const heartbeat = await this.#untilStopped(transport.heartbeat());
    this.#needsLog = heartbeat.peers === undefined;
    onHeartbeat?.(heartbeat, scheduler.now() - askedAt);
    this.progress.reset(heartbeat);
    await this.#sender.retry(heartbeat.clock);
    onProgress?.();
    this.#sent = Math.max(this.#sent, counterOf(heartbeat.clock, self));
    let lost = this.#lost();
    while (lost.length > 0 && !this.#stopped) {
      const sumBefore = clockSum(this.progress.clock);
      await this.#sender.send(lost);
      // Without progress, stop until the next comparison: the peer may miss a write that is missing here too.
      if (clockSum(this.progress.clock) <= sumBefore) break;
      lost = this.#lost();
    }
    this.#due = before;
  }

  /** Reports whether the peer lacks pruned writes. It could only buffer the ones after them. */
  #fetchesSnapshot(): boolean {
    const { self, storage } = this.#options;
    return !this.#needsLog && this.#sent < counterOf(storage.pruned, self);
  }

  /** Returns the first batch of lost writes, in causal order: a clock's sum extends it. */
  #lost(): Write[] {
    const { storage } = this.#options;
    const { clock: known } = this.progress;
    const lost = Object.keys(this.#due)
      .filter((origin) => counterOf(known, origin) < counterOf(this.#due, origin))
      // The peer fetches pruned writes itself, with a snapshot.
      .filter((origin) => counterOf(known, origin) >= counterOf(storage.pruned, origin))
      .flatMap((origin) => storage.log(origin, counterOf(known, origin), REPLICATION_BATCH))
      .filter((write) => !this.#sender.blocks(write))
      .sort((left, right) => storage.retired.sum(left.vc) - storage.retired.sum(right.vc));
    return takeWithin(REPLICATION_BATCH, lost);
  }

  async #deliver(writes: readonly Write[]): Promise<void> {
    const clock = await this.#untilStopped(this.#options.transport.replicate(writes, this.progress.life));
    if (clock === undefined) return;
    this.progress.advance(clock);
    // What was sent as lost, because the link lags, must not be sent once more.
    this.#sent = Math.max(this.#sent, counterOf(this.progress.clock, this.#options.self));
    this.#options.onProgress?.();
  }

  /** Settles with the response, or rejects as soon as the link is stopped. */
  #untilStopped<Result>(response: Promise<Result>): Promise<Result> {
    return new Promise((resolve, reject) => {
      this.#abort = () => reject(new Error('the link was stopped'));
      if (this.#stopped) this.#abort();
      response.then(resolve, reject);
    });
  }

  #pause(ms: number): Promise<void> {
    return this.#stopped ? Promise.resolve() : this.#wakeUp.pause(ms);
  }
}
