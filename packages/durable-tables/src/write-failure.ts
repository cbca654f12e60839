/** Returns why a transaction of LMDB failed, as one line. */
export async function writeFailureReason(error: unknown, directory: string): Promise<string> {
  if (!(error instanceof Error)) return String(error);
  // The package rejects with a generic error that holds a promise of the real one, which always rejects.
  const cause = 'commitError' in error ? await Promise.resolve(error.commitError).catch(asError) : error;
  const reason = cause instanceof Error ? cause.message : error.message;
  return `the disk that holds ${directory} takes no changes: ${reason}`;
}

/** Returns the reason of a failed write without the database's own words, which are for the log. */
export function shortReason({ message }: Error): string {
  return message.replace(/ takes no changes: .*$/s, ' takes no changes');
}

function asError(error: unknown): unknown {
  return error;
}
