import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createCertificates } from '@gridclock/local-service';
import pWaitFor from 'p-wait-for';
import { localUrl } from '../docker/ports.ts';
import { expectTargetsUp } from '../prometheus/expect-targets-up.ts';
import type { Checks } from '../report/checks.ts';
import { expectStatuses } from '../secure/expect-responses.ts';
import { serviceClient } from '../secure/service-client.ts';
import { checkTokenReplacement, type TlsStackOptions } from './replaced-token.ts';
import { stackTargets } from './stack-targets.ts';

/** 30 s: names are resolved again every few seconds. */
const DISCOVERY_TIMEOUT_MS = 30_000;

/** 60 s: a node without data waits for its peers, which start at the same time. */
const READY_TIMEOUT_MS = 60_000;

/** The services of the stack that have a certificate. */
const certified = ['node1', 'node2', 'node3', 'substation', 'load_balancer', 'charge_request_service'];

/** Makes certificates, and the secrets' files as the stack's README makes them, by the secrets' names. */
export async function createTlsSecrets(folder: string) {
  const certificates = await createCertificates(join(folder, 'tls'));
  const secrets: Record<string, string> = { tls_ca: join(folder, 'tls/trust/ca.pem') };
  for (const service of certified) {
    const both = [certificates.path(service, 'cert'), certificates.path(service, 'key')];
    const file = join(folder, `tls_${service}`);
    await writeFile(file, await Promise.all(both.map((path) => readFile(path))));
    secrets[`tls_${service}`] = file;
  }
  return { certificates, secrets };
}

/** Deploys a new stack with mutual TLS, and replaces its token while clients write. */
export async function checkTlsStack(checks: Checks, options: TlsStackOptions): Promise<void> {
  const { certificates, clusterToken, ports, stack } = options;
  const node1 = localUrl(ports.NODE1_PORT);
  const balancer = localUrl(ports.LOAD_BALANCER_PORT);
  const deployed = await checks.check(
    'the stack with TLS deploys and every task becomes healthy',
    async () => {
      await stack.script('deploy', stack.name, '--resolve-image', 'never', '--compose-file', 'stack-tls.yml');
      const tasks = await stack.converged();
      // Healthy tells that a node lives; it may still wait for its peers.
      const isReady = async (url: string) =>
        (await serviceClient(certificates, undefined)('GET', `${url}/ready`)).status === 200;
      const nodes = [ports.NODE1_PORT, ports.NODE2_PORT, ports.NODE3_PORT].map(localUrl);
      for (const node of nodes)
        await pWaitFor(() => isReady(node), { interval: 250, timeout: READY_TIMEOUT_MS });
      return tasks;
    },
  );
  if (!deployed) return;

  await checks.check('the services of the stack talk by TLS only, and only to their peers', async () => {
    const plain = await fetch(`${node1}/health`).then(
      ({ status }) => `${status}`,
      () => undefined,
    );
    if (plain !== undefined) throw new Error(`node1 answered ${plain} to plain HTTP`);
    const snapshot = (service: string | undefined) =>
      serviceClient(certificates, service)('GET', `${node1}/snapshot`, { token: clusterToken.value });
    const charge = { vehicle_id: 'EV_1000', charge_amount: 7, priority: 'normal' };
    const route = (service: string | undefined) =>
      serviceClient(certificates, service)('POST', `${balancer}/route_charge`, { body: charge });
    // A balancer is healthy before it has found its substations. If it finds none, its statuses below say so.
    const isRouted = async () => (await route('charge_request_service')).status === 200;
    await pWaitFor(isRouted, { interval: 250, timeout: DISCOVERY_TIMEOUT_MS }).catch(() => {});
    const put = serviceClient(certificates, undefined)('POST', `${node1}/put`, {
      body: { key: 'swarm', value: 'TLS', acks: 3 },
    });
    const [entry] = await stack.inspect('charge_request_service');
    const entryUrl = localUrl(`${entry?.publishedPorts.get('8000/tcp')}`);
    const { priority: _, ...plainCharge } = charge;
    return expectStatuses([
      ['GET /snapshot without a certificate', 403, snapshot(undefined)],
      ["GET /snapshot with a substation's", 403, snapshot('substation')],
      ["GET /snapshot with a node's", 200, snapshot('node2')],
      ['POST /route_charge without a certificate', 403, route(undefined)],
      ["POST /route_charge with the entry's", 200, route('charge_request_service')],
      ['a write that all nodes acknowledge', 200, put],
      [
        'a charge from the entry to a substation',
        200,
        serviceClient(certificates, undefined)('POST', `${entryUrl}/charge`, { body: plainCharge }),
      ],
    ]);
  });

  await checks.check('Prometheus scrapes all services of the stack by TLS', async () =>
    expectTargetsUp(localUrl(ports.PROMETHEUS_PORT), await stackTargets(stack)),
  );

  await checkTokenReplacement(checks, options);
}
