/** 2,000: enough for any state of a short run; a program may answer with megabytes, which a report would repeat. */
const MAX_QUOTED = 2_000;

/** Returns a value as a report shows it: as it is, or the beginning of its JSON if it is long. */
export function quote(value: unknown): unknown {
  try {
    const text = typeof value === 'string' ? value : JSON.stringify(value);
    if (text === undefined || text.length <= MAX_QUOTED) return value;
    return `${text.slice(0, MAX_QUOTED)}… (${text.length} characters)`;
  } catch {
    // JSON.parse reads deeper values than JSON.stringify writes.
    return 'a value that is nested too deeply to be shown';
  }
}
