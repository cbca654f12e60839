import type { ScannedList } from './json-text.ts';

/** A list in a body, its text, and where its items are in that. */
type ListText = { list: readonly unknown[]; text: string } & Pick<ScannedList, 'start' | 'ends'>;

/** Weak: most lists are not asked for. By the whole body, because a service may keep a list that is a value for good. */
const texts = new WeakMap<object, ListText>();

/** Keeps the text of a parsed body for `takeItemTexts`. */
export function keepItems(body: object, text: string, { ends, member, start }: ScannedList): void {
  if (ends.length === 0) return;
  // Safe: any name of an object may be asked for.
  const list = Array.isArray(body) ? body : (body as Record<string, unknown>)[member];
  if (Array.isArray(list) && list.length > 0 && list.length === ends.length)
    texts.set(body, { list, text, start, ends });
}

/**
 * Returns the JSON of each item of a list in a parsed body, as it was sent, so that nobody encodes the items again. The list is
 * the body itself, or the first member of it that is a list. Can be called once: what refers to the body no longer keeps its text
 * then.
 *
 * The texts share the memory of the whole body, which stays as long as one of them does. So it must not be far larger than
 * its values, whose size is what callers limit; nor may a text be shorter than what JSON.stringify writes in its place.
 *
 * @returns undefined if the body has spaces between its parts, characters beyond ASCII, escapes by number, or a number that
 *   parsing changes or that JSON.stringify writes far longer or shorter
 */
export function takeItemTexts(list: readonly unknown[], body: object = list): string[] | undefined {
  const found = texts.get(body);
  if (found?.list !== list) return undefined;
  texts.delete(body);
  if (hasNumericEscape(found.text)) return undefined;
  let { start } = found;
  return found.ends.map((end) => {
    const item = found.text.slice(start, end);
    start = end + 1;
    return item;
  });
}

/** Reports whether a JSON text has an escape such as `\u0061`. */
function hasNumericEscape(json: string): boolean {
  if (!json.includes('\\u')) return false;
  // One after the other: in `\\u`, a backslash is escaped.
  for (let at = json.indexOf('\\'); at !== -1; at = json.indexOf('\\', at + 2))
    if (json[at + 1] === 'u') return true;
  return false;
}
