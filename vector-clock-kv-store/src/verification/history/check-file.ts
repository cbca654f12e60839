import { readFile } from 'node:fs/promises';
import { checkHistory } from './check-history.ts';
import { formatVerdict } from './format-verdict.ts';
import { parseHistory } from './history.ts';
import { HistoryError } from './history-error.ts';
import { checkSessionGuarantees } from './session-guarantees.ts';

/** A file that is not a valid history. The message is one line and starts with the file name. */
export class UnreadableHistoryError extends Error {
  override readonly name = 'UnreadableHistoryError';
}

/**
 * Checks the history in a file and prints the verdict.
 *
 * @param print called once per line
 * @param json prints the verdict as one line of JSON
 * @returns whether the history is consistent and keeps the session guarantees
 * @throws UnreadableHistoryError when the file cannot be read or is not a valid history
 */
export async function checkFile(file: string, print: (line: string) => void, json = false): Promise<boolean> {
  try {
    const history = parseHistory(JSON.parse(await readFile(file, 'utf8')));
    const verdict = checkHistory(history);
    const violations = checkSessionGuarantees(history);
    if (json) print(JSON.stringify({ ...verdict, session_violations: violations }));
    else for (const line of formatVerdict(verdict, violations)) print(line);
    return verdict.consistent && violations.length === 0;
  } catch (error) {
    const reason = describeReadError(error);
    if (reason === undefined) throw error;
    throw new UnreadableHistoryError(`${file}: ${reason.replaceAll(/\s+/g, ' ')}`);
  }
}

/** Why a file is not a valid history; undefined for any other error. */
function describeReadError(error: unknown): string | undefined {
  if (error instanceof HistoryError) return error.message;
  if (error instanceof SyntaxError) return `is not JSON: ${error.message}`;
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  return 'code' in error && error.code === 'ENOENT' ? 'no such file' : error.message;
}
