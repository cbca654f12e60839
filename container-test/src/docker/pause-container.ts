import pWaitFor, { TimeoutError } from 'p-wait-for';
import type { Docker } from './command.ts';
import { type ContainerSnapshot, inspectContainer } from './inspect.ts';

/** The time from inspecting a container until it is frozen on a busy machine, in milliseconds. */
const MARGIN_MS = 800;

/** Several intervals between health checks. */
const GAP_TIMEOUT_MS = 15_000;

/** Whether no health check is running and none is about to begin. `now` is in milliseconds since 1970. */
export function isBetweenHealthChecks(
  { healthCheck, startedAt }: Pick<ContainerSnapshot, 'healthCheck' | 'startedAt'>,
  now: number,
): boolean {
  if (healthCheck === undefined) return true;
  const { intervalMs, lastEndedAt = 0 } = healthCheck;
  return now < Math.max(startedAt, lastEndedAt) + intervalMs - MARGIN_MS;
}

/**
 * Pauses a container between two health checks.
 *
 * If the engine freezes a container while it starts a process there, it waits for that process and can neither
 * inspect nor unpause the container again.
 *
 * @param now milliseconds since 1970
 * @returns false if the engine is busy with the container
 */
export async function pauseContainer(docker: Docker, id: string, now: () => number): Promise<boolean> {
  const isQuiet = async () => isBetweenHealthChecks(await inspectContainer(docker, id), now());
  try {
    await pWaitFor(isQuiet, { interval: 50, timeout: GAP_TIMEOUT_MS });
    await docker('pause', id);
    return true;
  } catch (error) {
    if (error instanceof TimeoutError) return false;
    if (error instanceof Error && error.message.includes('unable to freeze')) return false;
    throw error;
  }
}
