import { describe, expect, it } from 'vitest';
import { isBetweenChecks, pauseContainer } from '../../src/docker/pause-container.ts';

const INTERVAL_MS = 3_000;

/** An engine whose container is checked at 3 s, which takes until `endedAt` (ms); each look takes half a second. */
function engine(endedAt: number) {
  let clock = 2_000;
  const told: string[] = [];
  const docker = async (...args: string[]) => {
    told.push(args[0] ?? '');
    clock += 500;
    const Log = clock < endedAt ? [] : [{ End: new Date(endedAt).toISOString() }];
    const State = { StartedAt: new Date(0).toISOString(), Health: { Log } };
    return JSON.stringify([{ Config: { Healthcheck: { Interval: INTERVAL_MS * 1e6 } }, State }]);
  };
  return { docker, now: () => clock, told };
}

describe('a container that is to be paused', () => {
  it('is between health checks from the end of one until shortly before the next', () => {
    const checks = { startedAt: 0, lastEndedAt: undefined, intervalMs: INTERVAL_MS };
    expect(isBetweenChecks(checks, 100)).toBe(true);
    expect(isBetweenChecks(checks, 2_900)).toBe(false);
    expect(isBetweenChecks(checks, 3_100)).toBe(false);
    expect(isBetweenChecks({ ...checks, lastEndedAt: 3_200 }, 3_300)).toBe(true);
    expect(isBetweenChecks({ ...checks, lastEndedAt: 3_200 }, 6_000)).toBe(false);
  });

  it('is paused once the check that is due or running has ended', async () => {
    const { docker, now, told } = engine(4_400);
    expect(await pauseContainer(docker, 'c0ffee', now)).toBe(true);
    expect(told.at(-1)).toBe('pause');
    expect(now()).toBeGreaterThan(4_400);
  });

  it('is left alone when the engine is busy with it', async () => {
    const { docker, now } = engine(2_000);
    const busy = async (...args: string[]) => {
      if (args[0] === 'pause') throw new Error('runc did not terminate: unable to freeze');
      return docker(...args);
    };
    expect(await pauseContainer(busy, 'c0ffee', now)).toBe(false);
  });
});
