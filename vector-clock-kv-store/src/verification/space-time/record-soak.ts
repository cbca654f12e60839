import { writeFile } from 'node:fs/promises';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import { askTrace } from './ask-trace.ts';
import type { RecordFiles } from './record-scenarios.ts';
import { RunRecorder } from './run-recorder.ts';
import { InexactRecordingError } from './shiviz.ts';

/** What a soak calls while it runs. */
export type SoakWatcher = {
  /** The nodes serve at these addresses. */
  begin: (urls: readonly string[]) => Promise<void>;
  /** All that was to happen has; the nodes still run. */
  settled: () => Promise<void>;
  /** Ends the recording, also one that was not brought to its end. */
  stop: () => void;
};

/** A soak that is being recorded. */
export type RecordedSoak = {
  watcher: SoakWatcher;
  /** Writes the files. Returns a line for each, or why it was not written. */
  write: (summary: string, passed: boolean, told: readonly string[]) => Promise<string[]>;
};

/** Records a soak; undefined when no file is asked for. */
export function recordSoak({ report, shiviz }: RecordFiles): RecordedSoak | undefined {
  if (report === undefined && shiviz === undefined) return undefined;
  let recorder: RunRecorder | undefined;
  return {
    watcher: {
      async begin(urls) {
        recorder = await RunRecorder.begin(
          urls.map((url) => askTrace(url, undefined)),
          realScheduler,
        );
      },
      settled: async () => recorder?.catchUp(),
      stop: () => recorder?.stop(),
    },
    async write(summary, passed, told) {
      if (recorder === undefined) return [];
      await recorder.finished({
        name: 'soak',
        summary,
        passed,
        steps: told.map((text) => ({ kind: 'did', text })),
      });
      recorder.stop();
      const lines: string[] = [];
      if (report !== undefined) {
        await writeFile(report, recorder.page('A soak, seen'));
        lines.push(`diagram              ${report}`);
      }
      if (shiviz !== undefined) lines.push(`log                  ${await writeLog(recorder, shiviz)}`);
      return lines;
    },
  };
}

/** Kills lose events, so that most soaks of any length have no exact log: no reason to fail. */
async function writeLog(recorder: RunRecorder, file: string): Promise<string> {
  try {
    await writeFile(file, recorder.shiviz());
    return file;
  } catch (error) {
    if (!(error instanceof InexactRecordingError)) throw error;
    return error.message;
  }
}
