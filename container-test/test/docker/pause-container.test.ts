import { describe, expect, it } from 'vitest';
import { isBetweenHealthChecks, pauseContainer } from '../../src/docker/pause-container.ts';
import { containerJson } from '../support/container-json.ts';

const INTERVAL_MS = 3_000;

/** An engine whose container has a health check at 3 s that ends at `endedAt` (ms). Each call takes half a second. */
function fakeEngine(endedAt: number) {
  let clock = 2_000;
  const commands: string[] = [];
  const docker = async (...args: string[]) => {
    commands.push(args[0] ?? '');
    clock += 500;
    const healthCheck = { intervalMs: INTERVAL_MS, endedAt: clock < endedAt ? [] : [endedAt] };
    return containerJson({ healthCheck });
  };
  return { docker, now: () => clock, commands };
}

describe('isBetweenHealthChecks', () => {
  it('is true from the end of a check until shortly before the next', () => {
    const checkedAt = (lastEndedAt?: number) => ({
      startedAt: 0,
      healthCheck: { intervalMs: INTERVAL_MS, lastEndedAt },
    });
    expect(isBetweenHealthChecks(checkedAt(), 100)).toBe(true);
    expect(isBetweenHealthChecks(checkedAt(), 2_900)).toBe(false);
    expect(isBetweenHealthChecks(checkedAt(), 3_100)).toBe(false);
    expect(isBetweenHealthChecks(checkedAt(3_200), 3_300)).toBe(true);
    expect(isBetweenHealthChecks(checkedAt(3_200), 6_000)).toBe(false);
  });

  it('is true for a container without a health check', () => {
    expect(isBetweenHealthChecks({ startedAt: 0, healthCheck: undefined }, 2_900)).toBe(true);
  });
});

describe('pauseContainer', () => {
  it('waits for the check that is due or running', async () => {
    const { commands, docker, now } = fakeEngine(4_400);
    expect(await pauseContainer(docker, 'c0ffee', now)).toBe(true);
    expect(commands.at(-1)).toBe('pause');
    expect(now()).toBeGreaterThan(4_400);
  });

  it('gives up when the engine is busy with the container', async () => {
    const { docker, now } = fakeEngine(2_000);
    const busy = async (...args: string[]) => {
      if (args[0] === 'pause') throw new Error('runc did not terminate: unable to freeze');
      return docker(...args);
    };
    expect(await pauseContainer(busy, 'c0ffee', now)).toBe(false);
  });
});
