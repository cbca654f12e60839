import { readFile, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { ownProvenance } from '../space-time/own-provenance.ts';
import { verdictPage } from '../verdict-picture/verdict-page.tsx';
import { checkHistory } from './check-history.ts';
import { formatVerdict } from './format-verdict.ts';
import { parseHistory } from './history.ts';
import { HistoryError } from './history-error.ts';
import { checkSessionGuarantees, type GuaranteeViolation } from './session-guarantees.ts';
import type { Verdict } from './verdict.ts';

/** A file that is not a valid history. The message is one line and starts with the file name. */
export class UnreadableHistoryError extends Error {
  override readonly name = 'UnreadableHistoryError';
}

/**
 * Checks the history in a file and prints the verdict.
 *
 * @param print called once per line
 * @param options `json` prints the verdict as one line of JSON, `report` also writes it as a page with a picture
 * @returns whether the history is consistent and keeps the session guarantees
 * @throws UnreadableHistoryError when the file cannot be read or is not a valid history
 */
export async function checkFile(
  file: string,
  print: (line: string) => void,
  { json = false, report }: { json?: boolean; report?: string | undefined } = {},
): Promise<boolean> {
  const { verdict, sessionViolations } = await judge(file);
  if (json) print(JSON.stringify({ ...verdict, session_violations: sessionViolations }));
  else for (const line of formatVerdict(verdict, sessionViolations)) print(line);
  if (report !== undefined) {
    const provenance = await ownProvenance();
    await writeFile(report, verdictPage({ source: basename(file), verdict, sessionViolations, provenance }));
  }
  return verdict.consistent && sessionViolations.length === 0;
}

async function judge(
  file: string,
): Promise<{ verdict: Verdict; sessionViolations: readonly GuaranteeViolation[] }> {
  try {
    const history = parseHistory(JSON.parse(await readFile(file, 'utf8')));
    return { verdict: checkHistory(history), sessionViolations: checkSessionGuarantees(history) };
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
