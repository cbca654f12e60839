import cliProgress from 'cli-progress';
import type { RunObserver } from './recorder.ts';
import { loadsLine, requestLine } from './report.ts';

/** Shows a run while it goes on. */
export type Display = RunObserver & {
  /** Leaves the terminal as it was; nothing is shown after it. */
  close: () => void;
};

/** How long a run takes and after how many requests it ends, where these are known. */
export type Expected = { durationMs?: number; requests?: number };

/** Lines for a pipe or a file, and on a terminal a progress bar below them. */
export function openDisplay(expected: Expected, print: (line: string) => void, withBar: boolean): Display {
  return withBar ? barDisplay(expected) : linesDisplay(print);
}

/** One line per request. */
function linesDisplay(print: (line: string) => void): Display {
  return {
    requestEnded: (record) => print(requestLine(record)),
    loadsRead: (status, atMs) => print(loadsLine(status?.loads, atMs)),
    close: () => {},
  };
}

/** The same lines scrolling above a progress bar. */
function barDisplay(expected: Expected): Display {
  const counts = { accepted: 0, rejected: 0, failed: 0, abandoned: 0 };
  const bars = new cliProgress.MultiBar(
    {
      // Uncoloured, and short enough for 80 columns: colour codes would count as columns, and it would be cut.
      format: '{bar} {percentage} %  {accepted} accepted  {rejected} rejected  {failed} failed',
      barsize: 30,
      stream: process.stdout,
      hideCursor: true,
      // The run itself ends on Ctrl-C, and closes this.
      gracefulExit: false,
    },
    cliProgress.Presets.shades_classic,
  );
  const bar = bars.create(1, 0, counts);
  const show = (line: string) => bars.log(`${line}\n`);
  const lines = linesDisplay(show);
  const opened = performance.now();
  const progress = () => {
    const { durationMs = Number.POSITIVE_INFINITY, requests = Number.POSITIVE_INFINITY } = expected;
    const byTime = (performance.now() - opened) / durationMs;
    const byRequests = (counts.accepted + counts.rejected + counts.failed) / requests;
    bar.update(Math.min(1, Math.max(byTime, byRequests)), counts);
  };
  const moving = setInterval(progress, 100);
  return {
    ...lines,
    requestEnded(record) {
      counts[record.outcome.kind] += 1;
      lines.requestEnded?.(record);
      progress();
    },
    close() {
      clearInterval(moving);
      progress();
      // Stopping alone would drop the lines that came since the last redraw.
      bars.update();
      bars.stop();
    },
  };
}
