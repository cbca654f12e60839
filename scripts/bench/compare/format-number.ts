/** Formats three significant digits, and whole numbers from 100 on. */
export function formatNumber(value: number): string {
  const shown = Math.abs(value) >= 100 ? Math.round(value) : Number(value.toPrecision(3));
  return shown.toLocaleString('en-US', { maximumFractionDigits: 6 });
}
