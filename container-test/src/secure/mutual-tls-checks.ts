import { readFile } from 'node:fs/promises';
import { Agent } from 'node:https';
import type { Certificates } from '@gridclock/local-service';
import { localUrl, type Ports } from '../docker/ports.ts';
import type { Project } from '../docker/project.ts';
import { expectTargetsUp } from '../prometheus/expect-targets-up.ts';
import type { Checks } from '../report/checks.ts';
import { gridTargets } from '../suites/single-suite-checks.ts';
import { expectStatuses } from './expect-responses.ts';
import { exchange, type HttpResponse } from './https-client.ts';
import type { Secret } from './secret.ts';
import { serviceClient } from './service-client.ts';

export type MutualTlsOptions = {
  project: Project;
  root: string;
  certificates: Certificates;
  /** Certificates of another authority. */
  strangers: Certificates;
  ports: Ports;
  clusterToken: Secret;
  clientToken: Secret;
  /** The published ports of the TLS proxies. */
  storePort: number;
  gridPort: number;
};

const storeTargets = ['node1', 'node2', 'node3'].map((node) => `vector_clock_kv_store/${node}`);

/** Sends plain HTTP from one container to another and prints the response's status or the error's code. */
const plainRequest = (url: string) =>
  `fetch("${url}").then((r) => console.log(r.status), (e) => console.log(e.cause?.code ?? e.message))`;

/** Checks which peers the running services accept. */
export async function checkMutualTls(checks: Checks, options: MutualTlsOptions): Promise<void> {
  const { project, certificates, ports, clusterToken } = options;
  const node1 = localUrl(ports.NODE1_PORT);
  const balancer = localUrl(ports.LOAD_BALANCER_PORT);

  await checks.check('containers do not talk without TLS', async () => {
    const hops = [
      ['node2', 'http://node1:5000/health'],
      ['charge_request_service', 'http://load_balancer:8080/health'],
      ['load_balancer', 'http://substation_1:8001/health'],
    ] as const;
    for (const [service, url] of hops) {
      const id = await project.containerOf(service);
      const printed = await project.docker('exec', id, 'node', '-e', plainRequest(url));
      if (/^\d+$/.test(printed)) throw new Error(`${url} answered ${printed} to plain HTTP`);
    }
    return `${hops.length} connections`;
  });

  await checks.check('nodes accept only certificates of nodes', async () => {
    const snapshot = (service: string | undefined) =>
      serviceClient(certificates, service)('GET', `${node1}/snapshot`, { token: clusterToken.value });
    const url = node1.replace('http:', 'https:');
    return expectStatuses([
      ['GET /snapshot without a certificate', 403, snapshot(undefined)],
      ["GET /snapshot with a substation's", 403, snapshot('substation')],
      ["GET /snapshot with a node's", 200, snapshot('node2')],
      ['GET /snapshot of another authority', 403, statusForStranger(options, url)],
      [
        'GET /get without a certificate',
        200,
        serviceClient(certificates, undefined)('GET', `${node1}/get?key=x`),
      ],
    ]);
  });

  await checks.check('the balancer accepts charges only from the public entry', () => {
    const body = { vehicle_id: 'EV_1000', charge_amount: 7, priority: 'normal' };
    const charge = (service: string | undefined) =>
      serviceClient(certificates, service)('POST', `${balancer}/route_charge`, { body });
    return expectStatuses([
      ['POST /route_charge without a certificate', 403, charge(undefined)],
      ["POST /route_charge with a substation's", 403, charge('substation')],
      ["POST /route_charge with the entry's", 200, charge('charge_request_service')],
      [
        'GET /status without a certificate',
        200,
        serviceClient(certificates, undefined)('GET', `${balancer}/status`),
      ],
    ]);
  });

  await checks.check('Prometheus scrapes all services by TLS', () =>
    expectTargetsUp(localUrl(ports.PROMETHEUS_PORT), [...gridTargets, ...storeTargets]),
  );
}

/** Reads a node's snapshot with a certificate of another authority, as a peer that trusts the services' one. */
async function statusForStranger(
  { certificates, strangers, clusterToken }: MutualTlsOptions,
  url: string,
): Promise<HttpResponse> {
  const [ca, cert, key] = await Promise.all([
    readFile(certificates.path('node2', 'ca')),
    readFile(strangers.path('node2', 'cert')),
    readFile(strangers.path('node2', 'key')),
  ]);
  const headers = { authorization: `Bearer ${clusterToken.value}` };
  const agent = new Agent({ ca, cert, key });
  const { status } = await exchange(url, { method: 'GET', path: '/snapshot', headers, agent });
  return { status, body: {} };
}
