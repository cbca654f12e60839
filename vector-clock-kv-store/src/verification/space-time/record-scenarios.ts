import { writeFile } from 'node:fs/promises';
import type { ServiceTls } from '@gridclock/service-kit';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import type { ScenarioResult } from '../scenarios/run-scenarios.ts';
import { ownProvenance } from './own-provenance.ts';
import { type OutputFiles, RunRecorder } from './run-recorder.ts';
import { traceReader } from './trace-reader.ts';

/** An active recording of a run of scenarios. */
export type ScenarioRecording = {
  /** Must be called after each scenario. */
  onResult: (result: ScenarioResult) => Promise<void>;
  /** Stops the recording and writes the files. */
  write: () => Promise<void>;
};

/**
 * Starts to record scenarios. Resolves to undefined when no output file is requested.
 *
 * @param urls the URLs of all nodes
 * @param keyPrefix the common prefix of the scenarios' keys
 * @throws Error when a node has no trace
 */
export async function recordScenarios(
  { report, shiviz }: OutputFiles,
  urls: readonly string[],
  token: string | undefined,
  keyPrefix: string,
  tls?: ServiceTls,
): Promise<ScenarioRecording | undefined> {
  if (report === undefined && shiviz === undefined) return undefined;
  const readers = urls.map((url) => traceReader(url, token, tls));
  const recorder = await RunRecorder.start(readers, realScheduler);
  return {
    onResult: ({ scenario: { name, summary, meaning }, passed, seen, steps }) =>
      recorder.endSection({ name, summary, passed, seen, meaning, steps, keyPrefix }),
    async write() {
      recorder.stop();
      if (report !== undefined)
        await writeFile(report, recorder.page('Causal delivery: space-time diagrams', await ownProvenance()));
      if (shiviz !== undefined) await writeFile(shiviz, recorder.shivizLog());
    },
  };
}
