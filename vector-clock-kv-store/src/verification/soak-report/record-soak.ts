import { writeFile } from 'node:fs/promises';
import { realScheduler } from '@gridclock/service-kit/scheduler';
import type { SoakReport } from '../soak/run-soak.ts';
import { ownProvenance } from '../space-time/own-provenance.ts';
import { type OutputFiles, RunRecorder } from '../space-time/run-recorder.ts';
import { InexactRecordingError } from '../space-time/shiviz.ts';
import { traceReader } from '../space-time/trace-reader.ts';
import type { SoakObserver } from './soak-observer.ts';
import { soakPage } from './soak-page.tsx';
import { SoakRecorder } from './soak-recorder.ts';

/** A recording of a soak. It starts when the observer reports that the nodes are ready. */
export type SoakRecording = {
  observer: SoakObserver;
  /** Writes the files. Resolves to one line per file: its path, or why it was not written. */
  write: (plan: string, report: SoakReport) => Promise<string[]>;
  /** Stops recording; needed when the soak fails before `write`. */
  stop: () => void;
};

/** Prepares to record a soak. Returns undefined when no output file is requested. */
export function recordSoak({ report: pageFile, shiviz }: OutputFiles): SoakRecording | undefined {
  if (pageFile === undefined && shiviz === undefined) return undefined;
  let events: RunRecorder | undefined;
  let recorder: SoakRecorder | undefined;
  return {
    observer: {
      async onReady(urls, api) {
        const readers = new Map([...urls].map(([name, url]) => [name, traceReader(url, undefined)]));
        if (shiviz !== undefined) events = await RunRecorder.start([...readers.values()], realScheduler);
        if (pageFile === undefined) return;
        const clockOf = (name: string) => api.servingClock(urls.get(name) ?? '');
        recorder = new SoakRecorder({ readers, clockOf, scheduler: realScheduler, now: Date.now });
      },
      onOperation: (succeeded, latencyMs) => recorder?.onOperation(succeeded, latencyMs),
      onFaultBegan: (fault) => recorder?.onFaultBegan(fault),
      onFaultEnded: (fault) => recorder?.onFaultEnded(fault),
      // The nodes stop before `write` is called.
      async onSettled() {
        await recorder?.end();
        await events?.collect();
      },
    },
    async write(plan, report) {
      const written: string[] = [];
      if (pageFile !== undefined && recorder !== undefined) {
        const { timeline } = recorder;
        await writeFile(pageFile, soakPage({ plan, report, timeline, provenance: await ownProvenance() }));
        written.push(`page                 ${pageFile}`);
      }
      if (shiviz !== undefined && events !== undefined)
        written.push(`log                  ${await writeLog(events, shiviz)}`);
      return written;
    },
    stop() {
      events?.stop();
      recorder?.stop();
    },
  };
}

/** A killed process loses events, so most longer soaks have no exact log. That is not a failure of the soak. */
async function writeLog(events: RunRecorder, file: string): Promise<string> {
  await events.endSection({ name: 'soak', summary: '', passed: true, steps: [] });
  events.stop();
  try {
    await writeFile(file, events.shivizLog());
    return file;
  } catch (error) {
    if (!(error instanceof InexactRecordingError)) throw error;
    return error.message;
  }
}
