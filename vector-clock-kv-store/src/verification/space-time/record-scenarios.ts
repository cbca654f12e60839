import { writeFile } from 'node:fs/promises';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import type { Outcome } from '../scenarios/run-scenarios.ts';
import { askTrace } from './ask-trace.ts';
import { RunRecorder } from './run-recorder.ts';

/** Files to write: a page with the diagrams, and a log for ShiViz. */
export type RecordFiles = { report?: string; shiviz?: string };

/** A run of scenarios that is being recorded. */
export type Recorded = {
  /** To be called after each scenario. */
  onOutcome: (outcome: Outcome) => Promise<void>;
  /** Ends the recording and writes the files. */
  write: () => Promise<void>;
};

/**
 * Records scenarios from now on; undefined when no file is asked for.
 *
 * @param urls of all nodes
 * @param keyPrefix what the scenarios' keys begin with
 * @throws Error when a node keeps no trace
 */
export async function recordScenarios(
  files: RecordFiles,
  urls: readonly string[],
  token: string | undefined,
  keyPrefix: string,
): Promise<Recorded | undefined> {
  const { report, shiviz } = files;
  if (report === undefined && shiviz === undefined) return undefined;
  const recorder = await RunRecorder.begin(
    urls.map((url) => askTrace(url, token)),
    realScheduler,
  );
  return {
    onOutcome: ({ scenario: { name, summary }, passed, steps }) =>
      recorder.finished({ name, summary, passed, steps, keyPrefix }),
    async write() {
      recorder.stop();
      if (report !== undefined) await writeFile(report, recorder.page('Causal delivery, seen'));
      if (shiviz !== undefined) await writeFile(shiviz, recorder.shiviz());
    },
  };
}
