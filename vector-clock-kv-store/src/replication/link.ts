import { fullJitterMs } from '@gridclock/service-kit/backoff';
import { compare, counterOf, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Write } from '../causality/write.ts';
import { COMPARE_IDLE_MS, ComparisonSchedule } from './comparison-schedule.ts';
import type { LinkOptions } from './link-options.ts';
import { LinkRequests } from './link-requests.ts';
import { LinkSender } from './link-sender.ts';
import { LostWrites } from './lost-writes.ts';
import { OwnWrites } from './own-writes.ts';
import { PeerProgress } from './peer-progress.ts';
import type { RejectedWrite } from './rejected-writes.ts';
import { NoHeartbeatError, RefusedError, WrongPeerError } from './transport.ts';
import { WakeUp } from './wake-up.ts';

/** From 0.1 s, so that a restarted peer is found quickly, to 1 s, so that a dead one costs two requests per second. */
const BACKOFF = { firstMs: 100, longestMs: 1_000 };

/**
 * Sends one peer every write that is missing there.
 *
 * This node's own writes are pushed as they are made, in batches that grow while a request is in flight; full ones do
 * not wait for it. The link also compares clocks with the peer periodically (anti-entropy): a write of any node that was
 * stored here at one comparison and is still missing there at the next was lost, and is sent again from the log.
 *
 * A. Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", 1987.
 */
export class Link {
  readonly progress: PeerProgress;
  readonly #options: LinkOptions;
  readonly #own: OwnWrites;
  readonly #requests: LinkRequests;
  /** What the peer has reported since a heartbeat was requested. */
  #reportedSince: VectorClock = zeroClock;
  readonly #lost: LostWrites;
  readonly #schedule: ComparisonSchedule;
  #comparing = false;
  /** Whether the next comparison must find every missing write. */
  #repairs = false;
  #failures = 0;
  /** Whether the peer refused the last message, as with a full buffer. */
  #isRefused = false;
  #failedAt = 0;
  #needsLog = false;
  #stopped = false;
  readonly #sender: LinkSender;
  readonly #wakeUp: WakeUp;
  #running: Promise<void> | undefined;

  constructor(options: LinkOptions) {
    this.#options = options;
    this.progress = new PeerProgress(
      () => options.storage.clock,
      () => options.storage.retired,
    );
    this.#sender = new LinkSender({ ...options, deliver: (writes) => this.#deliver(writes) });
    this.#own = new OwnWrites({ ...options, sender: this.#sender });
    this.#lost = new LostWrites({ ...options, blocks: (write) => this.#sender.blocks(write) });
    this.#schedule = new ComparisonSchedule(options.scheduler, options.random);
    this.#wakeUp = new WakeUp(options.scheduler);
    this.#requests = new LinkRequests(() => this.#wakeUp.wake());
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
    this.#requests.abort();
    this.notify();
    await this.#running;
  }

  /** Wakes the link, because there may be writes to send. */
  notify(): void {
    this.#schedule.resume();
    this.#wakeUp.wake();
  }

  /** Compares clocks at once and sends every missing write, because messages to it may have been lost. */
  repair(): void {
    this.#repairs = true;
    this.#schedule.expedite();
    this.notify();
  }

  /** Ends the backoff of an unreachable peer, because the peer has just sent a request. */
  retryNow(): void {
    // Not at once: two nodes that refuse each other would send requests without a pause.
    const waitedMs = this.#options.scheduler.now() - this.#failedAt;
    if (this.#failures > 0 && waitedMs >= BACKOFF.firstMs) this.repair();
  }

  async #run(): Promise<void> {
    const { scheduler, random, onReachabilityChange } = this.#options;
    while (!this.#stopped) {
      this.#wakeUp.reset();
      try {
        if (this.#own.isBroken) await this.#requests.settled();
        await this.#requests.check();
        if (this.#schedule.dueInMs <= 0 && !this.#comparing) await this.#begin(this.#compare());
        const sends = this.#own.sendNext(this.#needsLog);
        if (sends !== undefined) await this.#begin(sends);
        if (this.#failures > 0) {
          this.#failures = 0;
          this.#isRefused = false;
          onReachabilityChange?.(true);
          this.repair();
        }
        if (sends === undefined)
          await this.#pause(this.#comparing ? COMPARE_IDLE_MS : this.#schedule.dueInMs);
      } catch (error) {
        if (this.#stopped) break;
        if (this.#failures === 0)
          onReachabilityChange?.(false, error instanceof Error ? error.message : String(error));
        this.#failures++;
        this.#isRefused = error instanceof RefusedError;
        this.#failedAt = scheduler.now();
        this.#schedule.expedite();
        this.#wakeUp.reset();
        await this.#pause(fullJitterMs(BACKOFF, this.#failures, random));
      }
    }
    await this.#requests.settled();
  }

  /** Waits for the end of a request, unless others may be sent meanwhile. */
  async #begin(request: Promise<void>): Promise<void> {
    if (this.#sendsAhead) this.#requests.add(request);
    else await request;
  }

  /** Whether requests may overlap: then a response must be known to come from the process that the request was for. */
  get #sendsAhead(): boolean {
    return this.#failures === 0 && this.progress.life !== undefined;
  }

  async #compare(): Promise<void> {
    this.#comparing = true;
    try {
      await this.#compareClocks();
    } finally {
      this.#comparing = false;
    }
  }

  async #compareClocks(): Promise<void> {
    if (this.#repairs) this.#lost.expectAll();
    this.#repairs = false;
    try {
      await this.#resendLost();
    } catch (error) {
      // Without heartbeats, losses go undetected; the peer still receives every new write.
      if (error instanceof WrongPeerError) this.progress.forget();
      if (!(error instanceof NoHeartbeatError)) throw error;
      this.#needsLog = true;
    }
    this.#schedule.compared(compare(this.#options.storage.clock, this.progress.clock) === 'equal');
    if (this.#repairs) this.#schedule.expedite();
  }

  async #resendLost(): Promise<void> {
    const { self, transport, storage, scheduler, onHeartbeat, onProgress } = this.#options;
    const askedAt = scheduler.now();
    // Read before the request: later writes may still be in flight to the peer.
    const before = storage.clock;
    // What a full buffer waits for may be a write of this node, which is not pushed before a comparison succeeds.
    const accepted = this.#isRefused ? Number.MAX_SAFE_INTEGER : this.#own.accepted;
    this.#reportedSince = zeroClock;
    const heartbeat = await this.#requests.untilAborted(transport.heartbeat());
    this.#needsLog = heartbeat.peers === undefined;
    onHeartbeat?.(heartbeat, scheduler.now() - askedAt);
    const isSameProcess = heartbeat.life === this.progress.life && heartbeat.replacing !== true;
    this.progress.reset(heartbeat);
    // A response that overtook the heartbeat may be the later one.
    if (isSameProcess) this.progress.advance(this.#reportedSince);
    await this.#sender.retry(this.progress.clock);
    onProgress?.();
    // Not the clock of the heartbeat: it omits this node's id if that was retired while the node was removed.
    this.#own.advance(counterOf(this.progress.clock, self));
    this.#lost.compare(this.progress.clock, heartbeat.heardOf, before, accepted);
    while (!this.#stopped) {
      const known = this.progress.clock;
      const lost = this.#lost.next(known);
      if (lost.length === 0) break;
      await this.#sender.send(lost);
      if (!this.#lost.sent(lost, known, this.progress.clock)) break;
    }
  }

  async #deliver(writes: readonly Write[]): Promise<void> {
    const { life } = this.progress;
    const clock = await this.#requests.untilAborted(this.#options.transport.replicate(writes, life));
    // A heartbeat may have shown another process meanwhile.
    if (clock === undefined || life !== this.progress.life) return;
    this.#reportedSince = merge(this.#reportedSince, clock);
    this.progress.advance(clock);
    // What was sent as lost, because the link lags, must not be sent once more.
    this.#own.advance(counterOf(this.progress.clock, this.#options.self));
    this.#options.onProgress?.();
  }

  #pause(ms: number): Promise<void> {
    return this.#stopped ? Promise.resolve() : this.#wakeUp.pause(ms);
  }
}
