/** Longer names are compared by their start only, because a client chooses them. */
const MAX_LENGTH = 40;

/**
 * Finds the name that was probably meant by an unknown one: the same but for case and separators, its beginning, or
 * one with a small edit distance.
 *
 * @param candidates the names that are known and not given
 */
export function meantName(unknown: string, candidates: readonly string[]): string | undefined {
  const name = simplify(unknown.slice(0, MAX_LENGTH));
  const isMeant = (candidate: string) => {
    const known = simplify(candidate);
    if (name === known || (name.length >= 4 && known.startsWith(name))) return true;
    return known.length >= 3 && editDistance(name, known) <= Math.max(1, Math.floor(known.length / 4));
  };
  return candidates.find((candidate) => simplify(candidate) === name) ?? candidates.find(isMeant);
}

function simplify(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\d]/gu, '');
}

/** The optimal string alignment distance: insertions, deletions, substitutions and swaps of neighbours. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const substituted = at(last, column - 1) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const isSwap = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1] && row > 1 && column > 1;
      current.push(
        Math.min(
          at(last, column) + 1,
          at(current, column - 1) + 1,
          substituted,
          isSwap ? at(beforeLast, column - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return at(last, b.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? 0;
}
