import { styleText } from 'node:util';
import { repeat, type Scheduler } from '@gridclock/service-kit/scheduler';
import cliProgress from 'cli-progress';
import type { RunObserver } from '../workload/recorder.ts';
import { RejectionsInARow } from './rejections-in-a-row.ts';
import { formatLoads, formatRequest } from './report.ts';
import type { RunLength } from './traffic/planned-run.ts';

/** Shows a run in progress. */
export type Display = RunObserver & {
  /** Restores the terminal. Nothing is shown afterwards. */
  close: () => void;
};

/** Prints one line per request. */
export function openLines(print: (line: string) => void): Display {
  return {
    onRequestEnded: (record) => print(formatRequest(record)),
    onLoads: (status, atMs) => print(formatLoads(status?.loads, atMs)),
    close: () => {},
  };
}

/** Prints one line per request that is not rejected, and one that explains the rejections between them. */
export function openLesson(print: (line: string) => void): Display {
  const lines = openLines(print);
  const rejections = new RejectionsInARow();
  const flush = () => {
    for (const line of rejections.flush()) print(styleText('yellow', line));
  };
  return {
    onRequestEnded(record) {
      if (record.outcome.kind !== 'rejected') flush();
      if (!rejections.add(record)) lines.onRequestEnded?.(record);
    },
    onLoads(status, atMs) {
      flush();
      lines.onLoads?.(status, atMs);
    },
    close: flush,
  };
}

/** Shows lines above a progress bar. @param openAbove opens the display of the lines */
export function openProgressBar(
  length: RunLength,
  scheduler: Scheduler,
  openAbove: (print: (line: string) => void) => Display,
): Display {
  const counts = { accepted: 0, rejected: 0, failed: 0, abandoned: 0 };
  const bars = new cliProgress.MultiBar(
    {
      // No colours: cli-progress counts their codes as columns and would cut the line at 80.
      format: '{bar} {percentage} %  {accepted} accepted  {rejected} rejected  {failed} failed',
      barsize: 30,
      stream: process.stdout,
      hideCursor: true,
      // On Ctrl-C the run ends and closes the display.
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  const bar = bars.create(1, 0, counts);
  const lines = openAbove((line) => bars.log(`${line}\n`));
  const openedAt = scheduler.now();
  const redraw = () => {
    const { durationMs = Number.POSITIVE_INFINITY, maxRequests = Number.POSITIVE_INFINITY } = length;
    const byTime = (scheduler.now() - openedAt) / durationMs;
    const byRequests = (counts.accepted + counts.rejected + counts.failed) / maxRequests;
    bar.update(Math.min(1, Math.max(byTime, byRequests)), counts);
  };
  const stopRedrawing = repeat(scheduler, 100, redraw);
  return {
    ...lines,
    onRequestEnded(record) {
      counts[record.outcome.kind] += 1;
      lines.onRequestEnded?.(record);
      redraw();
    },
    close() {
      lines.close();
      stopRedrawing();
      redraw();
      // stop() alone would drop the lines logged since the last redraw.
      bars.update();
      bars.stop();
    },
  };
}
