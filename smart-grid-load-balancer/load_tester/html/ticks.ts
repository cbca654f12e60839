/**
 * Round numbers for an axis from 0: steps of 1, 2 or 5 times a power of ten.
 *
 * @param most the largest value to be shown
 * @param about how many steps are wanted
 * @returns ascending from 0; the last is `most` or above
 */
export function ticks(most: number, about = 4): number[] {
  if (!(most > 0)) return [0, 1];
  const raw = most / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw) ?? 10);
  // Rounding up would add a step for what floating point leaves over.
  const steps = Math.ceil(most / step - 1e-9);
  return Array.from({ length: steps + 1 }, (_, index) => Number((index * step).toPrecision(12)));
}
