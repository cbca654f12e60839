import { readFile } from 'node:fs/promises';
import { checkHistory } from './check.ts';
import { tellVerdict } from './format-verdict.ts';
import { HistoryError, parseHistory } from './history.ts';
import { checkSessionGuarantees } from './session-guarantees.ts';

/** A file that is not a history. The message is one line and begins with the file's name. */
export class UnreadableHistoryError extends Error {
  override readonly name = 'UnreadableHistoryError';
}

/**
 * Judges the history in a file.
 *
 * @param print takes one line
 * @returns whether nothing is wrong with it
 * @throws UnreadableHistoryError when the file cannot be read or is not a history
 */
export async function checkFile(file: string, print: (line: string) => void): Promise<boolean> {
  try {
    const history = parseHistory(JSON.parse(await readFile(file, 'utf8')));
    const verdict = checkHistory(history);
    const violations = checkSessionGuarantees(history);
    for (const line of tellVerdict(verdict, violations)) print(line);
    return verdict.consistent && violations.length === 0;
  } catch (error) {
    const reason = unreadable(error);
    if (reason === undefined) throw error;
    throw new UnreadableHistoryError(`${file}: ${reason.replaceAll(/\s+/g, ' ')}`);
  }
}

/** Why a file is not a history; undefined when the fault is not the file's. */
function unreadable(error: unknown): string | undefined {
  if (error instanceof HistoryError) return error.message;
  if (error instanceof SyntaxError) return `is not JSON: ${error.message}`;
  if (!(error instanceof Error) || !('syscall' in error)) return undefined;
  return 'code' in error && error.code === 'ENOENT' ? 'no such file' : error.message;
}
