/** The exit codes of interrupted programs, as shells report them: 128 + the signal's number. */
const exitCodes = { SIGHUP: 129, SIGINT: 130, SIGPIPE: 141, SIGTERM: 143 } as const;

/** In milliseconds. npm, tsx and a process group repeat one Ctrl-C within this time; a person who insists needs longer. */
const SAME_INTERRUPTION_MS = 500;

/** A signal asked the program to stop. */
export class InterruptedError extends Error {
  override readonly name = 'InterruptedError';
  readonly exitCode: number;

  constructor(signal: keyof typeof exitCodes) {
    super(`interrupted by ${signal}`);
    this.exitCode = exitCodes[signal];
  }
}

/**
 * Returns a signal that aborts with an InterruptedError on Ctrl-C, SIGTERM or a closed terminal, so that the program
 * can clean up. So does a reader of stdout that leaves, as in `client.ts | head`. A second Ctrl-C exits at once.
 */
export function listenForInterruption(): AbortSignal {
  const controller = new AbortController();
  // Node.js ignores SIGPIPE; without a listener for the error, the process would end before it has cleaned up.
  process.stdout.on('error', () => controller.abort(new InterruptedError('SIGPIPE')));
  let interruptedAt = Number.POSITIVE_INFINITY;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (performance.now() - interruptedAt > SAME_INTERRUPTION_MS) process.exit(exitCodes[signal]);
      if (controller.signal.aborted) return;
      interruptedAt = performance.now();
      controller.abort(new InterruptedError(signal));
    });
  }
  return controller.signal;
}

/** Settles as `work` does, unless the signal aborts first: then it rejects with the signal's reason. */
export function unlessAborted<Result>(signal: AbortSignal, work: Promise<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    const abort = () => reject(signal.reason);
    signal.addEventListener('abort', abort, { once: true });
    if (signal.aborted) abort();
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** Exits once everything printed so far has reached stdout and stderr, which may be pipes. */
export function exitAfterOutput(exitCode: number): void {
  process.stdout.write('', () => process.stderr.write('', () => process.exit(exitCode)));
}
