/** The text of a list, and where its items end in it. */
type ListText = { text: string; ends: readonly number[] };

/** Weak: most lists are not asked for. */
const texts = new WeakMap<object, ListText>();

/** Keeps the text of a list for `takeItemTexts`. */
export function keepItems(list: readonly unknown[], text: string, ends: readonly number[]): void {
  if (list.length > 0 && list.length === ends.length) texts.set(list, { text, ends });
}

/**
 * Returns the JSON of each item of a list that was parsed from a body, as it was sent, so that nobody encodes the items
 * again. Can be called once: what refers to the list no longer keeps its text then.
 *
 * The texts share the memory of the whole body, which stays as long as one of them does.
 *
 * @returns undefined if the body has spaces between its parts, characters beyond ASCII, or a number that parsing changes
 */
export function takeItemTexts(list: readonly unknown[]): string[] | undefined {
  const found = texts.get(list);
  if (found === undefined) return undefined;
  texts.delete(list);
  let start = 1;
  return found.ends.map((end) => {
    const item = found.text.slice(start, end);
    start = end + 1;
    return item;
  });
}
