import { setTimeout } from 'node:timers/promises';

/** Resolves after `ms` milliseconds, or at once when the signal comes. */
export async function pause(ms: number, until: AbortSignal): Promise<void> {
  try {
    await setTimeout(ms, undefined, { signal: until });
  } catch (error) {
    if (!until.aborted) throw error;
  }
}
