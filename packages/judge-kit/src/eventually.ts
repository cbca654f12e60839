/** 40 ms: a poll costs a judged program a request. */
const INTERVAL_MS = 40;

/** Resolves to whether a condition holds within a time; a rejection counts as not yet. */
export async function eventually(condition: () => Promise<boolean>, withinMs: number): Promise<boolean> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    if (await condition().catch(() => false)) return true;
    if (performance.now() > deadline) return false;
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
}
