import type { Certificates } from '@gridclock/local-service';
import { openToolTls } from '@gridclock/service-kit';
import { CausalClient } from 'vector-clock-kv-store/causal-client';
import { z } from 'zod';
import { localUrl, type Ports } from '../docker/ports.ts';
import { queryNumber } from '../prometheus/prometheus-api.ts';
import type { Checks } from '../report/checks.ts';
import { expectStatuses } from '../secure/expect-responses.ts';
import type { Secret } from '../secure/secret.ts';
import { serviceClient } from '../secure/service-client.ts';
import type { Stack } from './stack.ts';

export type TlsStackOptions = {
  stack: Stack;
  certificates: Certificates;
  ports: Ports;
  clusterToken: Secret;
};

/** The most requests that any process of a node has refused, of those that Prometheus has seen since the stack started. */
const REFUSED =
  'sum(max_over_time(http_request_duration_seconds_count{job="vector_clock_kv_store",status="401"}[1h])) or vector(0)';

/** Options of `docker service update`: each of nine restarts waits for the first health check, and as long as it watches. */
const soon = ['--health-interval', '1s', '--update-monitor', '1s'];

/** 100 ms: enough writes in each of the nine restarts. */
const PAUSE_MS = 100;

/** Replaces the cluster token with the operators' script while clients write. */
export async function checkTokenReplacement(checks: Checks, options: TlsStackOptions): Promise<void> {
  const { certificates, clusterToken, ports, stack } = options;
  const nodes = [ports.NODE1_PORT, ports.NODE2_PORT, ports.NODE3_PORT].map(localUrl);
  const prometheus = localUrl(ports.PROMETHEUS_PORT);
  await checks.check('a new token of the stack refuses no message and loses no write', async () => {
    const before = await queryNumber(prometheus, REFUSED);
    const written = await writeDuring(options, nodes, async () => {
      // The image was built here; a registry may have another one under its name.
      await stack.script('replace-cluster-token', '_2', stack.name, '--no-resolve-image', '--quiet', ...soon);
    });
    const after = await queryNumber(prometheus, REFUSED);
    if (after !== before) throw new Error(`${before} requests were refused with 401 before, ${after} after`);
    for (const node of nodes) {
      const { body } = await serviceClient(certificates, undefined)('GET', `${node}/state`);
      const stored = z.record(z.string(), z.unknown()).parse(body.store);
      const missing = written.filter((key) => !(key in stored));
      if (missing.length > 0) throw new Error(`${node} lacks ${missing.length} acknowledged writes`);
    }
    return `${written.length} writes`;
  });

  await checks.check('the nodes of the stack accept only the new token, and work with it', async () => {
    const [container] = await stack.containers('node1');
    const token = await stack.docker('exec', container?.id ?? '', 'cat', '/run/secrets/cluster_token');
    if (token === clusterToken.value) throw new Error('the token is still the old one');
    const snapshot = (node: string, sent: string) =>
      serviceClient(certificates, 'operator')('GET', `${node}/snapshot`, { token: sent });
    const put = (node: string) =>
      serviceClient(certificates, undefined)('POST', `${node}/put`, {
        body: { key: 'replaced', value: 1, acks: 3 },
      });
    return expectStatuses(
      nodes.flatMap((node) => [
        [`the old token at ${node}`, 401, snapshot(node, clusterToken.value)] as const,
        [`the new token at ${node}`, 200, snapshot(node, token)] as const,
        [`a write at ${node} that all acknowledge`, 200, put(node)] as const,
      ]),
    );
  });
}

/** Writes with two copies, at the next node where one restarts, as long as an action runs. Returns what was acknowledged. */
async function writeDuring(
  { certificates }: TlsStackOptions,
  nodes: readonly string[],
  action: () => Promise<void>,
): Promise<string[]> {
  const tls = openToolTls({ TLS_CA_FILE: certificates.path('operator', 'ca') });
  let isRunning = true;
  const written: string[] = [];
  const writers = nodes.map(async (_, index) => {
    const client = new CausalClient({ nodes: [...nodes.slice(index), ...nodes.slice(0, index)], tls });
    for (let number = 0; isRunning; number++) {
      const key = `token ${index} ${number}`;
      // A write whose node exits may have been made or not: it does not count.
      await client.put(key, number, { acks: 2 }).then(
        () => written.push(key),
        () => {},
      );
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  });
  await action().finally(() => {
    isRunning = false;
  });
  await Promise.all(writers);
  return written;
}
