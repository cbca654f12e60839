import { z } from 'zod';
import { linesOf } from '../docker/command.ts';
import type { Project } from '../docker/project.ts';
import { waitUntilHealthy } from '../docker/wait-until-healthy.ts';
import { type DiscoveryUrls, waitForSubstations } from '../prometheus/wait-for-substations.ts';
import type { Checks } from '../report/checks.ts';
import { expectCalmLogs } from './expect-calm-logs.ts';
import { checkSessionsSurvive } from './session-checks.ts';

export type GridOptions = {
  project: Project;
  /** The URL of the public entry. */
  entryUrl: string;
  /** The clock, in milliseconds since 1970. */
  now: () => number;
};

const services = ['substation_1', 'substation_2', 'substation_3', 'load_balancer', 'charge_request_service'];

/** Runs the load tester against the containers and kills a substation. All services run before and after. */
export async function checkGrid(checks: Checks, { project, entryUrl, now }: GridOptions): Promise<void> {
  await checks.check('the load tester completes five simple requests', async () => {
    await project.compose('run', '--rm', '-T', 'load_tester', 'simple');
    return undefined;
  });

  const rushHourSince = now();
  await checks.check('a rush hour of 15 s completes without a failed request', async () => {
    const report = await project.compose('run', '--rm', '-T', '-e', 'RUSH_HOUR_DURATION=15', 'load_tester');
    return linesOf(report)
      .filter((line) => /\b(successful|rejected|failed)\b.*%/i.test(line))
      .map((line) => line.trim().replaceAll(/\s+/g, ' '))
      .join(', ');
  });

  await checks.check('services log no line per request, and levels as words', () =>
    expectCalmLogs(project, services, rushHourSince),
  );

  await checks.check('charging continues while a substation is killed and restarted', async () => {
    const id = await project.containerOf('substation_2');
    await project.docker('kill', id);
    const responses = await Promise.all(Array.from({ length: 6 }, () => charge(entryUrl)));
    await project.docker('start', id);
    await waitUntilHealthy(project, ['substation_2']);
    const unexpected = responses.filter(
      ({ status, body }) => status !== 200 && body.error !== 'Insufficient capacity',
    );
    if (unexpected.length > 0) throw new Error(`a charge got ${JSON.stringify(unexpected[0])}`);
    return responses.map(({ status }) => status).join(' ');
  });

  await checkSessionsSurvive(checks, { project, entryUrl, now });

  await checks.check('invalid input gets a 400 that names the field', async () => {
    const response = await charge(entryUrl, { charge_amount: -1 });
    if (response.status !== 400 || response.body.field !== 'charge_amount') {
      throw new Error(`the charge got ${JSON.stringify(response)}`);
    }
    return undefined;
  });
}

/** The substations that the compose file names; they always run. */
const NAMED_SUBSTATIONS = 3;

/** Adds replicas of the substation pool to the running grid and removes them. */
export async function checkSubstationPool(
  checks: Checks,
  { project, ...urls }: DiscoveryUrls & { project: Project },
): Promise<void> {
  await checks.check('balancer and Prometheus discover two more substations through DNS', async () => {
    await project.compose('up', '--detach', '--no-deps', '--scale', 'substation=2', 'substation');
    await waitUntilHealthy(project, ['substation']);
    return waitForSubstations(urls, NAMED_SUBSTATIONS + 2);
  });
  await checks.check('balancer and Prometheus drop the removed substations', async () => {
    await project.compose('rm', '--stop', '--force', '--volumes', 'substation');
    return waitForSubstations(urls, NAMED_SUBSTATIONS);
  });
}

const bodySchema = z.object({ error: z.string().optional(), field: z.string().optional() });

type ChargeResponse = { status: number; body: z.output<typeof bodySchema> };

async function charge(entryUrl: string, overrides: Record<string, unknown> = {}): Promise<ChargeResponse> {
  const response = await fetch(`${entryUrl}/charge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ vehicle_id: 'EV_1000', charge_amount: 7, priority: 'normal', ...overrides }),
  });
  return { status: response.status, body: bodySchema.parse(await response.json()) };
}
