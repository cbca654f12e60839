/** Heights are in units of the text size, so that a diagram grows with its labels. */
export function rem(pixels: number): string {
  return `${Math.round((pixels / 16) * 1_000) / 1_000}rem`;
}

/** The left edge of a lane, as a share of the width. */
export function percentOf(lane: number, lanes: readonly string[]): string {
  return `${Math.round((lane / Math.max(1, lanes.length)) * 100_000) / 1_000}%`;
}
