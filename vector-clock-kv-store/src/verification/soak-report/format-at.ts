/** Formats a time of a run: `12.3 s`, `5 min 2.1 s`, `3 h 4 min 5 s`. */
export function formatAt(ms: number): string {
  const seconds = ms / 1_000;
  if (seconds < 180) return `${seconds.toFixed(1)} s`;
  const minutes = Math.floor(seconds / 60);
  const rest = seconds - 60 * minutes;
  if (minutes < 180) return `${minutes} min ${rest.toFixed(1)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min ${Math.floor(rest)} s`;
}
