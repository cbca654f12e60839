import { healthOptions } from './health.ts';
import type { MemberStateOptions } from './member-state.ts';

/** 5 s: in that time a substation that fails again shows it, and drivers notice no lack of its capacity. */
const RAMP_MS = 5_000;

/**
 * Returns the default options: stale after three polls, because one may be late and one may be lost. A probe has an
 * outcome within the timeout of a request, which is also that of a poll; twice that allows for a busy machine.
 */
export function gridViewOptions(pollIntervalMs: number, pollTimeoutMs: number): MemberStateOptions {
  return {
    health: healthOptions(pollIntervalMs),
    staleAfterMs: 3 * Math.max(pollIntervalMs, pollTimeoutMs),
    probeMs: 2 * pollTimeoutMs,
    rampMs: RAMP_MS,
  };
}
