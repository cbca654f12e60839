/**
 * Returns the fragment in an address, or in a line that somebody pasted. Some chat programs escape its separators, and
 * with them every `%`: such a fragment has none of its semicolons left.
 */
export function plainFragment(text: string): string {
  // A sentence or a list may have left its semicolon.
  const fragment = text
    .slice(text.indexOf('#') + 1)
    .trim()
    .replace(/;+$/, '');
  if (fragment.includes(';') || !/%3b/i.test(fragment)) return fragment;
  try {
    return decodeURIComponent(fragment);
  } catch {
    // The tab says what is wrong with it.
    return fragment;
  }
}
