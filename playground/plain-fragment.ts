/**
 * Returns the text of an address's fragment. Some chat programs escape its separators, and with them every `%`: such a
 * fragment has none of its semicolons left.
 */
export function plainFragment(hash: string): string {
  const fragment = hash.replace(/^#/, '');
  if (fragment.includes(';') || !/%3b/i.test(fragment)) return fragment;
  try {
    return decodeURIComponent(fragment);
  } catch {
    // The tab says what is wrong with it.
    return fragment;
  }
}
