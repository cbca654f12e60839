/**
 * Records the events of a cluster and turns them into an HTML page and a ShiViz log:
 *
 * - trace-reader.ts reads one node's events (`GET /trace`).
 * - trace-collector.ts collects those of all nodes, up to consistent cuts.
 * - run-recorder.ts (this file) divides a run into sections at such cuts.
 * - ../../space-time/recording.ts renumbers the events, names their hosts and sorts them causally.
 * - ../../space-time draws them, as on the live page: spans.ts pairs events (messages, waits in the buffer, faults),
 *   layout.ts assigns positions, space-time.tsx draws. report-page.tsx builds the page.
 * - exactness.ts verifies the clocks, shiviz.ts formats the log.
 *
 * record-scenarios.ts and record-soak.ts connect this to the `client.ts` commands.
 */

import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { Provenance } from '@gridclock/ui-kit/report';
import type { VectorClock } from '../../causality/vector-clock.ts';
import { displayNames, type Recording, renameHosts, renumberAfter } from '../../space-time/recording.ts';
import { reportPage, type Section } from './report-page.tsx';
import { formatShivizLog } from './shiviz.ts';
import { TraceCollector } from './trace-collector.ts';
import type { TraceReader } from './trace-reader.ts';

/** The requested output files: an HTML page with diagrams, and a log for ShiViz. */
export type OutputFiles = { report?: string; shiviz?: string };

/** In milliseconds. Short, so that a killed process takes few unread events with it. */
const COLLECT_INTERVAL_MS = 200;

type SectionInfo = Omit<Section, 'recording'>;

/** Records a running cluster, divided into sections. */
export class RunRecorder {
  readonly #collector: TraceCollector;
  readonly #scheduler: Scheduler;
  readonly #sections: (SectionInfo & { from: VectorClock; to: VectorClock })[] = [];
  /** The end of the latest section. */
  #end: VectorClock;
  #lastCollection: Promise<unknown> = Promise.resolve();
  #stopped = false;

  private constructor(collector: TraceCollector, scheduler: Scheduler) {
    this.#collector = collector;
    this.#scheduler = scheduler;
    this.#end = collector.startCut;
  }

  /** Starts to collect events in the background, until `stop`. */
  static async start(readers: readonly TraceReader[], scheduler: Scheduler): Promise<RunRecorder> {
    const recorder = new RunRecorder(await TraceCollector.start(readers), scheduler);
    void recorder.#keepCollecting();
    return recorder;
  }

  /**
   * Ends a section. It contains all events since the previous one ended.
   *
   * @throws Error when a node no longer shows its trace; the recording has then stopped
   */
  async endSection(section: SectionInfo): Promise<void> {
    const to = await this.collect().catch((error: unknown) => {
      this.stop();
      throw error;
    });
    this.#sections.push({ ...section, from: this.#end, to });
    this.#end = to;
  }

  /** Fetches new events now. Collections run one at a time, because each continues where the previous ended. */
  collect(): Promise<VectorClock> {
    const collection = this.#lastCollection.then(() => this.#collector.collect());
    this.#lastCollection = collection.catch(() => undefined);
    return collection;
  }

  stop(): void {
    this.#stopped = true;
  }

  /** Returns the sections with their events; each host's events are numbered from 1 in every section. */
  sections(): Section[] {
    const displayName = displayNames(this.#whole());
    return this.#sections.map(({ from, to, ...section }) => ({
      ...section,
      recording: renameHosts(renumberAfter(from, this.#collector.recording(from, to)), displayName),
    }));
  }

  /** Returns an HTML page with a diagram of each section. */
  page(title: string, provenance: Provenance): string {
    return reportPage(title, this.sections(), provenance);
  }

  /**
   * Returns the whole run as a log for ShiViz.
   *
   * @throws InexactRecordingError when events were lost
   */
  shivizLog(): string {
    const whole = this.#whole();
    return formatShivizLog(renameHosts(whole, displayNames(whole)));
  }

  #whole(): Recording {
    const { startCut } = this.#collector;
    return renumberAfter(startCut, this.#collector.recording(startCut, this.#end));
  }

  async #keepCollecting(): Promise<void> {
    while (!this.#stopped) {
      // `endSection` collects again and reports the failure.
      await this.collect().catch(() => undefined);
      await sleep(this.#scheduler, COLLECT_INTERVAL_MS);
    }
  }
}
