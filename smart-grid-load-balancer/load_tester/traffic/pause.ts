import { setTimeout } from 'node:timers/promises';

/** Resolves after `ms` milliseconds (at once when negative), or as soon as the signal comes. */
export async function pause(ms: number, until: AbortSignal): Promise<void> {
  try {
    await setTimeout(Math.max(0, ms), undefined, { signal: until });
  } catch (error) {
    if (!until.aborted) throw error;
  }
}
