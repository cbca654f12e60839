import pWaitFor, { TimeoutError } from 'p-wait-for';
import { z } from 'zod';
import { linesOf } from '../docker/command.ts';
import type { Project } from '../docker/project.ts';
import { waitUntilHealthy } from '../docker/wait-until-healthy.ts';
import type { Checks } from '../report/checks.ts';

/** The alert of a node that left the cluster: it fires after 30 s, and Alertmanager waits 5 s more. */
const ALERT = 'StoreNodeMissing';

/** Scrape, DNS lookup, rule and notification, each up to 10 s, on top of the alert's own 30 s. */
const ALERT_TIMEOUT_MS = 120_000;

const services = ['alertmanager', 'alert_receiver'];

const lineSchema = z.object({ alert: z.literal(ALERT), status: z.string(), msg: z.string() });

/**
 * Kills a node and checks that its alert is received, then resolved once the node is back.
 *
 * @param meanwhile runs while the alert is pending; must not need the node
 */
export async function checkAlerts(
  checks: Checks,
  project: Project,
  node: string,
  meanwhile: () => Promise<void>,
): Promise<void> {
  const started = await checks.check('Alertmanager and the alert receiver start', async () => {
    await project.compose('--profile', 'alerts', 'up', '--detach', '--wait', ...services);
    return undefined;
  });
  const id = await project.containerOf(node);
  await project.docker('kill', id);
  try {
    await meanwhile();
    if (!started) return;
    await checks.check(`${ALERT} reaches the alert receiver after ${node} was killed`, () =>
      waitForAlert(project, 'firing'),
    );
  } finally {
    await project.docker('start', id);
    await waitUntilHealthy(project, [node]);
  }
  await checks.check(`${ALERT} is resolved after ${node} was started`, () =>
    waitForAlert(project, 'resolved'),
  );
}

async function waitForAlert(project: Project, status: string): Promise<string> {
  let logs: string[] = [];
  let received: string | undefined;
  const isReceived = async () => {
    logs = linesOf(await project.docker('logs', await project.containerOf('alert_receiver')));
    received = logs.map(parseAlert).find((alert) => alert?.status === status)?.msg;
    return received !== undefined;
  };
  await pWaitFor(isReceived, { interval: 1_000, timeout: ALERT_TIMEOUT_MS }).catch((error: unknown) => {
    throw error instanceof TimeoutError ? new Error(`the receiver printed:\n${logs.join('\n')}`) : error;
  });
  return received ?? '';
}

function parseAlert(line: string): z.output<typeof lineSchema> | undefined {
  // The receiver's log has JSON lines only, unless the process failed.
  return line.startsWith('{') ? lineSchema.safeParse(JSON.parse(line)).data : undefined;
}
