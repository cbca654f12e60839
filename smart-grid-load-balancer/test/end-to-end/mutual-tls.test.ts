import { join } from 'node:path';
import {
  type Certificates,
  createCertificates,
  createTemporaryDirectory,
  freePort,
  type LocalService,
} from '@gridclock/local-service';
import { createHttpClient, jsonBody, openToolTls } from '@gridclock/service-kit';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import {
  endlessSessions,
  startBalancer,
  startChargeService,
  startSubstation,
  stopAll,
} from '../support/grid.ts';

let folder: { path: string; remove: () => Promise<void> };
let certificates: Certificates;
let substation: LocalService;
let balancer: LocalService;
let entry: LocalService;
const started: LocalService[] = [];

/** The variables of a service with TLS, and the URL of its probes. */
async function withTls(service: string) {
  const port = await freePort();
  return {
    variables: { ...certificates.variables(service), PROBE_PORT: `${port}` },
    isReady: () =>
      fetch(`http://127.0.0.1:${port}/ready`).then(
        ({ ok }) => ok,
        () => false,
      ),
  };
}

beforeAll(async () => {
  folder = await createTemporaryDirectory();
  certificates = await createCertificates(join(folder.path, 'tls'));
  const [ofSubstation, ofBalancer, ofEntry] = [
    await withTls('substation'),
    await withTls('load_balancer'),
    await withTls('charge_request_service'),
  ];
  substation = await startSubstation('substation_1', { ...endlessSessions, ...ofSubstation.variables });
  balancer = await startBalancer([substation], ofBalancer.variables);
  entry = await startChargeService(balancer, ofEntry.variables);
  started.push(substation, balancer, entry);
  await vi.waitUntil(ofEntry.isReady, { interval: 100, timeout: 50_000 });
});

afterAll(async () => {
  await stopAll(started);
  await folder.remove();
});

/** Sends a request with the certificate of a service, or of nobody, and resolves to the status and body. */
async function send(method: string, url: string, service?: string, body?: object) {
  const tls = openToolTls(
    service === undefined
      ? { TLS_CA_FILE: certificates.path('operator', 'ca') }
      : certificates.variables(service),
  );
  const http = createHttpClient({ timeoutMs: 10_000, tls: tls && { tls } });
  const data = body === undefined ? undefined : jsonBody(body);
  const { status, data: answer } = await http.request<Record<string, unknown>>({ method, url, data });
  return { status, body: answer };
}

const charge = { vehicle_id: 'EV_1000', charge_amount: 7, priority: 'normal' };

describe('a grid with mutual TLS', () => {
  it('charges a driver who has no certificate', async () => {
    expect(await send('POST', `${entry.url}/charge`, undefined, charge)).toMatchObject({
      status: 200,
      body: { status: 'accepted', substation_id: 'substation_1' },
    });
  });

  it.each([
    ['charge_request_service', 200],
    ['operator', 200],
    ['substation', 403],
    ['node1', 403],
    [undefined, 403],
  ])('answers a charge of %s at the balancer with %i', async (service, status) => {
    expect((await send('POST', `${balancer.url}/route_charge`, service, charge)).status).toBe(status);
  });

  it.each([
    ['load_balancer', 200],
    ['charge_request_service', 403],
    [undefined, 403],
  ])('answers a charge of %s at the substation with %i', async (service, status) => {
    expect((await send('POST', `${substation.url}/charge`, service, charge)).status).toBe(status);
  });

  it('shows status and metrics without a certificate, but no session', async () => {
    expect((await send('GET', `${substation.url}/metrics`)).status).toBe(200);
    expect((await send('GET', `${balancer.url}/status`)).status).toBe(200);
    expect((await send('GET', `${substation.url}/sessions`)).status).toBe(403);
    expect((await send('GET', `${balancer.url}/sessions`)).status).toBe(403);
    expect((await send('GET', `${balancer.url}/live`)).status).toBe(403);
  });

  it('shows the live page what the balancer and the substation say', async () => {
    expect(await send('GET', `${balancer.url}/live`, 'charge_request_service')).toMatchObject({
      status: 200,
      body: {
        substations: [{ id: 'substation_1', true_load: 28 }],
        sessions: Array(4).fill({ charge_amount: 7 }),
      },
    });
  });
});
