import { writeFile } from 'node:fs/promises';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { ownProvenance } from './own-provenance.ts';
import { type OutputFiles, RunRecorder } from './run-recorder.ts';
import { InexactRecordingError } from './shiviz.ts';
import { traceReader } from './trace-reader.ts';

/** Called by a soak while it runs. */
export type SoakObserver = {
  /** All nodes serve at these URLs. */
  onReady: (urls: readonly string[]) => Promise<void>;
  /** The nodes have converged and still run. */
  onSettled: () => Promise<void>;
};

/** A recording of a soak. It starts when the observer reports that the nodes are ready. */
export type SoakRecording = {
  observer: SoakObserver;
  /** Writes the files. Resolves to one line per file: its path, or why it was not written. */
  write: (summary: string, passed: boolean, steps: readonly string[]) => Promise<string[]>;
  /** Stops recording; needed when the soak fails before `write`. */
  stop: () => void;
};

/** Prepares to record a soak. Returns undefined when no output file is requested. */
export function recordSoak({ report, shiviz }: OutputFiles): SoakRecording | undefined {
  if (report === undefined && shiviz === undefined) return undefined;
  let recorder: RunRecorder | undefined;
  return {
    observer: {
      async onReady(urls) {
        const readers = urls.map((url) => traceReader(url, undefined));
        recorder = await RunRecorder.start(readers, realScheduler);
      },
      // The nodes stop before `write` is called.
      async onSettled() {
        await recorder?.collect();
      },
    },
    async write(summary, passed, lines) {
      if (recorder === undefined) return [];
      const steps = lines.map((text) => ({ kind: 'action', text }) as const);
      await recorder.endSection({ name: 'soak', summary, passed, steps });
      recorder.stop();
      const written: string[] = [];
      if (report !== undefined) {
        await writeFile(report, recorder.page('Soak: space-time diagram', await ownProvenance()));
        written.push(`diagram              ${report}`);
      }
      if (shiviz !== undefined) written.push(`log                  ${await writeLog(recorder, shiviz)}`);
      return written;
    },
    stop: () => recorder?.stop(),
  };
}

/** A killed process loses events, so most longer soaks have no exact log. That is not a failure of the soak. */
async function writeLog(recorder: RunRecorder, file: string): Promise<string> {
  try {
    await writeFile(file, recorder.shivizLog());
    return file;
  } catch (error) {
    if (!(error instanceof InexactRecordingError)) throw error;
    return error.message;
  }
}
