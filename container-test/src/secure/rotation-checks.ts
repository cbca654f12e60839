import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { openToolTls } from '@gridclock/service-kit';
import { execa } from 'execa';
import pWaitFor from 'p-wait-for';
import { CausalClient } from 'vector-clock-kv-store/causal-client';
import { z } from 'zod';
import { localUrl } from '../docker/ports.ts';
import { queryNumber } from '../prometheus/prometheus-api.ts';
import type { Checks } from '../report/checks.ts';
import { expectStatuses } from './expect-responses.ts';
import { createHttpsClient } from './https-client.ts';
import type { MutualTlsOptions } from './mutual-tls-checks.ts';
import { serviceClient } from './service-client.ts';

/** Nodes, substations, the balancer and the entry. */
const SERVICES = 8;

/** When the service that was scraped least recently was scraped, in seconds since 1970. */
const LAST_SCRAPE = 'min(timestamp(service_reload_timestamp_seconds{files="TLS"}))';

/** 60 s: a service needs 4 s to load a file, and Prometheus 5 s to notice. */
const LOADED_TIMEOUT_MS = 60_000;

/** Replaces the authority, all certificates and the tokens while clients write and charge. */
export async function checkRotation(checks: Checks, options: MutualTlsOptions): Promise<void> {
  const { project, root, certificates, ports, clusterToken, clientToken, storePort, gridPort } = options;
  const nodes = [ports.NODE1_PORT, ports.NODE2_PORT, ports.NODE3_PORT].map(localUrl);
  const prometheus = localUrl(ports.PROMETHEUS_PORT);

  await checks.check('a new authority loses no write and no charge', () =>
    underLoad(async () => {
      for (const command of ['next-authority', 'renew', 'drop-authority'] as const) {
        const since = Date.now() / 1_000;
        await certificates.run(command);
        await pWaitFor(() => allLoadedSince(prometheus, since), {
          interval: 500,
          timeout: LOADED_TIMEOUT_MS,
        });
        for (const proxy of ['store_tls', 'grid_tls']) await reloadProxy(options, proxy);
      }
    }),
  );

  await checks.check('a new cluster token refuses no message and no write', () =>
    underLoad(async () => {
      const refused = () => queryNumber(prometheus, 'sum(http_request_duration_seconds_count{status="401"})');
      const before = await refused();
      await execa(
        join(root, 'scripts/replace-token'),
        ['CLUSTER_TOKEN', clusterToken.file, ...nodes.map(secure)],
        {
          env: { CURL_CA_BUNDLE: certificates.path('operator', 'ca') },
        },
      );
      const end = Date.now() / 1_000;
      const scraped = async () => ((await queryNumber(prometheus, LAST_SCRAPE)) ?? 0) >= end;
      await pWaitFor(scraped, { interval: 500, timeout: LOADED_TIMEOUT_MS });
      const after = await refused();
      if (after !== before)
        throw new Error(`${before} requests were refused with 401 before, ${after} after`);
    }),
  );

  await checks.check('the store proxy accepts two client tokens while one is replaced', async () => {
    const send = await createHttpsClient(project, 'store_tls', `https://localhost:${storePort}`);
    const read = (token: string) => send('GET', '/get?key=x', { token });
    const old = (await readFile(clientToken.file, 'utf8')).trim();
    await writeFile(clientToken.file, `${old}\nthe-next-token\n`);
    await expectStatuses([
      ['the old token', 200, read(old)],
      ['the new token', 200, read('the-next-token')],
      ['another token', 401, read('another-token')],
    ]);
    await writeFile(clientToken.file, 'the-next-token\n');
    return expectStatuses([
      ['the new token', 200, read('the-next-token')],
      ['the old token', 401, read(old)],
    ]);
  });

  /** Writes to every node with acknowledgements of all, and charges through the proxy, as long as the action runs. */
  async function underLoad(action: () => Promise<void>): Promise<string> {
    const charge = await createHttpsClient(project, 'grid_tls', `https://localhost:${gridPort}`, false);
    let running = true;
    const written: string[] = [];
    let charges = 0;
    const started = Date.now();
    const writers = nodes.map(async (node, index) => {
      const { client, reload } = createClient([node, ...nodes]);
      for (let n = 0; running; n++) {
        const key = `rotation ${started} ${index} ${n}`;
        reload();
        await client.put(key, n, { acks: 3 });
        written.push(key);
        await pause();
      }
    });
    const driver = (async () => {
      for (; running; charges++) {
        const request = {
          body: { vehicle_id: `EV_${charges}`, charge_amount: 0.01 },
          headers: { 'idempotency-key': `rotation-${started}-${charges}` },
        };
        const send = () => charge('POST', '/charge', request);
        // A proxy that loads its configuration again may close a connection that has just been opened.
        const { status, body } = await send().catch(send);
        if (status !== 200) throw new Error(`a charge got ${status}: ${JSON.stringify(body)}`);
        await pause();
      }
    })();
    const stop = () => {
      running = false;
    };
    // Each ends with the first failure of any.
    await Promise.all([action().finally(stop), ...[...writers, driver].map((work) => work.finally(stop))]);
    for (const node of nodes) {
      const { body } = await serviceClient(certificates, undefined)('GET', `${node}/state`);
      const stored = z.record(z.string(), z.unknown()).parse(body.store);
      const missing = written.filter((key) => !(key in stored));
      if (missing.length > 0) throw new Error(`${node} lacks ${missing.length} acknowledged writes`);
    }
    return `${written.length} writes and ${charges} charges`;
  }

  /** Creates a client, and a function that lets it trust what the file of authorities says now. */
  function createClient(urls: string[]) {
    const tls = openToolTls({ TLS_CA_FILE: certificates.path('operator', 'ca') });
    return { client: new CausalClient({ nodes: urls, tls }), reload: () => tls?.load() };
  }
}

/** 100 ms: below the rate limit of one client. */
const pause = () => new Promise((resolve) => setTimeout(resolve, 100));

/** Whether all services have loaded their certificates since a time, in seconds since 1970. */
async function allLoadedSince(prometheus: string, since: number): Promise<boolean> {
  const expr = `count(service_reload_timestamp_seconds{files="TLS"} >= ${since})`;
  return (await queryNumber(prometheus, expr)) === SERVICES;
}

/** The proxies trust what the file said when they loaded their configuration. */
async function reloadProxy({ project }: MutualTlsOptions, proxy: string): Promise<void> {
  const id = await project.containerOf(proxy);
  const options = ['--force', '--config', '/etc/caddy/Caddyfile', '--address', 'unix//tmp/caddy-admin.sock'];
  await project.docker('exec', id, 'caddy', 'reload', ...options);
}

function secure(url: string): string {
  return url.replace('http:', 'https:');
}
