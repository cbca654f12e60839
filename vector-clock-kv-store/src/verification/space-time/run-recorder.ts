import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { VectorClock } from '../../causality/vector-clock.ts';
import { type AskTrace, Collector } from './collect.ts';
import { htmlPage, type Section } from './html.ts';
import { countFrom, hostNames, type Recording, renameHosts } from './recording.ts';
import { shivizLog } from './shiviz.ts';

/** Often enough that little is lost with a process that is killed, in milliseconds. */
const COLLECT_EVERY_MS = 200;

type Stretch = Omit<Section, 'recording'> & { from: VectorClock; to: VectorClock };

/** Records a run on a cluster, stretch by stretch, while it goes on. */
export class RunRecorder {
  readonly #collector: Collector;
  readonly #scheduler: Scheduler;
  readonly #stretches: Stretch[] = [];
  /** Where the last stretch ended. */
  #end: VectorClock;
  #turn: Promise<unknown> = Promise.resolve();
  #stopped = false;

  private constructor(collector: Collector, scheduler: Scheduler) {
    this.#collector = collector;
    this.#scheduler = scheduler;
    this.#end = collector.start;
  }

  /** Begins, and goes on in the background until `stop`. */
  static async begin(asks: readonly AskTrace[], scheduler: Scheduler): Promise<RunRecorder> {
    const recorder = new RunRecorder(await Collector.begin(asks), scheduler);
    void recorder.#keepCollecting();
    return recorder;
  }

  /**
   * Ends a stretch: what happened since the one before belongs to it.
   *
   * @throws Error when a node no longer shows its trace; the recording is over then
   */
  async finished(stretch: Omit<Section, 'recording'>): Promise<void> {
    const to = await this.#collect().catch((error: unknown) => {
      this.stop();
      throw error;
    });
    this.#stretches.push({ ...stretch, from: this.#end, to });
    this.#end = to;
  }

  /** Fetches what is new now, because the nodes may be gone when the stretch is finished. */
  async catchUp(): Promise<void> {
    await this.#collect();
  }

  stop(): void {
    this.#stopped = true;
  }

  /** The diagrams of all stretches as one page. */
  page(title: string): string {
    const called = hostNames(this.#whole());
    const sections = this.#stretches.map(({ from, to, ...stretch }) => ({
      ...stretch,
      recording: renameHosts(countFrom(from, this.#collector.recording(from, to)), called),
    }));
    return htmlPage(title, sections);
  }

  /**
   * The whole run as a log for ShiViz.
   *
   * @throws InexactRecordingError when events are missing from it
   */
  shiviz(): string {
    const whole = this.#whole();
    return shivizLog(renameHosts(whole, hostNames(whole)));
  }

  #whole(): Recording {
    const { start } = this.#collector;
    return countFrom(start, this.#collector.recording(start, this.#end));
  }

  async #keepCollecting(): Promise<void> {
    while (!this.#stopped) {
      // A failure is told of by `finished`, which asks again.
      await this.#collect().catch(() => undefined);
      await sleep(this.#scheduler, COLLECT_EVERY_MS);
    }
  }

  /** One after the other: each goes on where the one before ended. */
  #collect(): Promise<VectorClock> {
    const collected = this.#turn.then(() => this.#collector.collect());
    this.#turn = collected.catch(() => undefined);
    return collected;
  }
}
