import { z } from 'zod';
import { waitUntilHealthy } from '../docker/health.ts';
import type { Project } from '../docker/project.ts';
import type { Checks } from '../report/checks.ts';

export type GridOptions = {
  project: Project;
  /** Where the public entry is published. */
  entryUrl: string;
};

/** Runs the load tester against the containers and takes a substation away. All are up before and after. */
export async function checkGrid(checks: Checks, { project, entryUrl }: GridOptions): Promise<void> {
  await checks.check('five simple requests are answered', async () => {
    await project.compose('run', '--rm', '-T', 'load_tester', 'simple');
    return undefined;
  });

  await checks.check('a rush hour of 15 s ends without a failed request', async () => {
    const report = await project.compose('run', '--rm', '-T', '-e', 'RUSH_HOUR_DURATION=15', 'load_tester');
    return report
      .split('\n')
      .filter((line) => /\b(successful|rejected|failed)\b.*%/i.test(line))
      .map((line) => line.trim().replaceAll(/\s+/g, ' '))
      .join(', ');
  });

  await checks.check('requests go on while a substation is killed, and it comes back', async () => {
    const id = await project.containerOf('substation_2');
    await project.docker('kill', id);
    const answers = await Promise.all(Array.from({ length: 6 }, () => charge(entryUrl)));
    await project.docker('start', id);
    await waitUntilHealthy(project, ['substation_2']);
    const odd = answers.filter(
      ({ status, body }) => status !== 200 && body.error !== 'Insufficient capacity',
    );
    if (odd.length > 0) throw new Error(`answered ${JSON.stringify(odd[0])}`);
    return answers.map(({ status }) => status).join(' ');
  });

  await checks.check('bad input is answered 400 and names the field', async () => {
    const answer = await charge(entryUrl, { charge_amount: -1 });
    if (answer.status !== 400 || answer.body.field !== 'charge_amount') {
      throw new Error(`answered ${JSON.stringify(answer)}`);
    }
    return undefined;
  });
}

const answered = z.object({ error: z.string().optional(), field: z.string().optional() });

type Answer = { status: number; body: z.output<typeof answered> };

async function charge(entryUrl: string, overrides: Record<string, unknown> = {}): Promise<Answer> {
  const response = await fetch(`${entryUrl}/charge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ vehicle_id: 'EV_1000', charge_amount: 7, priority: 'normal', ...overrides }),
  });
  return { status: response.status, body: answered.parse(await response.json()) };
}
