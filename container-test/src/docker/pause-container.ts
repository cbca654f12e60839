import pWaitFor, { TimeoutError } from 'p-wait-for';
import { z } from 'zod';
import type { Project } from './project.ts';

const inspected = z.object({
  Config: z.object({ Healthcheck: z.object({ Interval: z.number() }).optional() }),
  State: z.object({
    StartedAt: z.string(),
    Health: z.object({ Log: z.array(z.object({ End: z.string() })).nullable() }).optional(),
  }),
});

/** Times in milliseconds since 1970. */
export type HealthChecks = { startedAt: number; lastEndedAt: number | undefined; intervalMs: number };

/** From the look at a container until it is frozen, on a busy machine, in milliseconds. */
const MARGIN_MS = 800;

/** Several intervals between health checks. */
const GAP_WITHIN_MS = 15_000;

/** Whether no health check is running, nor will be begun in the next moments. */
export function isBetweenChecks({ intervalMs, lastEndedAt, startedAt }: HealthChecks, now: number): boolean {
  return now < Math.max(startedAt, lastEndedAt ?? 0) + intervalMs - MARGIN_MS;
}

/**
 * Pauses a container between two health checks. An engine that freezes a container into which it is just
 * bringing a process waits for that process, and neither looks at the container nor thaws it ever again.
 *
 * @param now milliseconds since 1970
 * @returns false where the engine, busy with the container, would not
 */
export async function pauseContainer(
  docker: Project['docker'],
  id: string,
  now: () => number,
): Promise<boolean> {
  const isQuiet = async () => {
    const checks = await healthChecksOf(docker, id);
    return checks === undefined || isBetweenChecks(checks, now());
  };
  try {
    await pWaitFor(isQuiet, { interval: 50, timeout: GAP_WITHIN_MS });
    await docker('pause', id);
    return true;
  } catch (error) {
    if (error instanceof TimeoutError) return false;
    if (error instanceof Error && error.message.includes('unable to freeze')) return false;
    throw error;
  }
}

async function healthChecksOf(docker: Project['docker'], id: string): Promise<HealthChecks | undefined> {
  const [container] = z.array(inspected).parse(JSON.parse(await docker('inspect', id)));
  const healthcheck = container?.Config.Healthcheck;
  if (container === undefined || healthcheck === undefined) return undefined;
  const last = container.State.Health?.Log?.at(-1);
  return {
    startedAt: Date.parse(container.State.StartedAt),
    lastEndedAt: last === undefined ? undefined : Date.parse(last.End),
    intervalMs: healthcheck.Interval / 1e6,
  };
}
