/** A judged program could not be started; the message says why, and what it printed. */
export class ProgramStartError extends Error {
  override readonly name = 'ProgramStartError';
  /** Whether it ran until its time was over, without serving. */
  readonly isTimeout: boolean;

  constructor(message: string, isTimeout = false) {
    super(message);
    this.isTimeout = isTimeout;
  }
}

/** Says why a program that runs does not serve at its port. */
export function describeSilence(url: string, error: unknown, withinMs: number, output: string): string {
  const port = new URL(url).port;
  const seconds = Math.round(withinMs / 1_000);
  const isClosed = error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED';
  const reason = isClosed
    ? `nothing listens on PORT=${port} at 127.0.0.1 after ${seconds} s; it must read PORT and listen there`
    : `it listens on PORT=${port} but has not responded within ${seconds} s`;
  return `the program runs, but ${reason}. ${output === '' ? 'It printed nothing.' : `It printed: ${output}`}`;
}
