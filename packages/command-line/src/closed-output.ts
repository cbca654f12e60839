/** The exit code that a shell reports for a program that writes into a closed pipe: 128 + SIGPIPE. */
const SIGPIPE_EXIT_CODE = 141;

/**
 * Exits quietly when nobody reads stdout any more, as in `client.ts check FILE | head`.
 * A program that listens for interruptions cleans up instead: `listenForInterruption` hears of it too.
 */
export function exitWhenOutputCloses(): void {
  process.stdout.on('error', () => {
    if (process.listenerCount('SIGTERM') === 0) process.exit(SIGPIPE_EXIT_CODE);
  });
}
