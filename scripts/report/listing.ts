import { readFile } from 'node:fs/promises';

/** A piece of the real source, for a report. */
export type Listing = { file: string; firstLine: number; lastLine: number; code: string };

/** A name in a file that a report quotes was not found: the source has changed, and the report must follow. */
export class ListingError extends Error {
  override readonly name = 'ListingError';
}

const root = new URL('../../', import.meta.url);

/**
 * Reads the declaration of a function, method, constant or type from a source file, without its comments in front.
 *
 * @param file relative to the repository's root
 * @throws ListingError when the file declares no such name
 */
export async function readListing(file: string, symbol: string): Promise<Listing> {
  const source = await readFile(new URL(file, root), 'utf8').catch(() => {
    throw new ListingError(`${file} does not exist; update the report's listings`);
  });
  const found = extractDeclaration(source, symbol);
  if (found === undefined)
    throw new ListingError(`${file} does not declare ${symbol}; update the report's listings`);
  return { file, ...found };
}

/**
 * Finds a declaration in formatted source: it ends with the first line that is indented as it and closes what it opened.
 * Returns undefined when there is none.
 */
export function extractDeclaration(source: string, symbol: string): Omit<Listing, 'file'> | undefined {
  const lines = source.split('\n');
  const name = symbol.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
  const declaration = new RegExp(
    `^ *(export )?(default )?(async )?(function\\*? |const |type |class |interface )?${name}(<.*>)?( ?[:=(]|$| \\{)`,
  );
  const first = lines.findIndex((line) => declaration.test(line) && !isCall(line));
  const head = lines[first];
  if (head === undefined) return undefined;
  const indentation = head.length - head.trimStart().length;
  const closes = new RegExp(`^ {${indentation}}[}\\])]`);
  const isOneLine = /;$/.test(head) || /\}$/.test(head);
  // A wrapped signature closes with `): Type {`, which opens the body.
  const length = isOneLine
    ? 0
    : lines.slice(first + 1).findIndex((line) => closes.test(line) && !/[{(]$/.test(line)) + 1;
  const code = lines.slice(first, first + length + 1).map((line) => line.slice(indentation));
  return { firstLine: first + 1, lastLine: first + length + 1, code: code.join('\n') };
}

/** Whether a line calls the name instead of declaring it: a declaration without a keyword is a method, with a body. */
function isCall(line: string): boolean {
  const hasKeyword = /^ *(export |async |function|const |type |class |interface )/.test(line);
  return !hasKeyword && !/[{(]$/.test(line);
}
