import type { FaultKind } from '@gridclock/simulation-kit';
import { z } from 'zod';
import { ContainerFaultInjector } from '../chaos/container-fault-injector.ts';
import type { Project } from '../docker/project.ts';
import { waitUntilHealthy } from '../docker/wait-until-healthy.ts';
import type { Checks } from '../report/checks.ts';

export type SessionCheckOptions = {
  project: Project;
  /** The URL of the public entry. */
  entryUrl: string;
  /** The clock, in milliseconds since 1970. */
  now: () => number;
};

const acceptedSchema = z.object({
  session_id: z.string(),
  session_secret: z.string(),
  substation_id: z.string(),
});
const stateSchema = z.object({ state: z.string().optional() });

/** Kills substations with a session, and asks what became of it. All services run before and after. */
export async function checkSessionsSurvive(checks: Checks, options: SessionCheckOptions): Promise<void> {
  await checks.check('a killed substation continues its session', async () => {
    const { status, state } = await interrupt(options, 'kill');
    // The session may have ended while the container became healthy.
    if (status !== 200 && state !== 'finished') throw new Error(`its session got ${status} ${state}`);
    return state ?? 'running';
  });
  await checks.check('a substation that lost its volume reports its session as interrupted', async () => {
    const { status, state } = await interrupt(options, 'wipe');
    if (status !== 410 || state !== 'interrupted') throw new Error(`its session got ${status} ${state}`);
    return undefined;
  });
}

/** Starts a session, injects a fault into its substation, and asks for the session once that is healthy again. */
async function interrupt({ entryUrl, now, project }: SessionCheckOptions, kind: FaultKind) {
  const response = await fetch(`${entryUrl}/charge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ vehicle_id: 'EV_1', charge_amount: 7, priority: 'low' }),
  });
  const { session_id, session_secret, substation_id } = acceptedSchema.parse(await response.json());
  const injector = await ContainerFaultInjector.create({ project, services: [substation_id], now });
  const fault = { kind, nodes: [substation_id], atMs: 0, forMs: 0 };
  await injector.begin(fault);
  await injector.end(fault);
  await waitUntilHealthy(project, [substation_id]);
  const session = await fetch(`${entryUrl}/sessions/${session_id}`, {
    headers: { authorization: `Bearer ${session_secret}` },
  });
  return { status: session.status, state: stateSchema.parse(await session.json()).state };
}
