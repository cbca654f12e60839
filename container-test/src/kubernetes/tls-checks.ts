import type { Checks } from '../report/checks.ts';
import { type Cluster, NAMESPACE } from './cluster.ts';
import type { Guide } from './guide.ts';
import { fetchFromPod } from './store-client.ts';

/** Turns on mutual TLS by the README's commands, and tries connections. */
export async function checkTls(checks: Checks, cluster: Cluster, guide: Guide): Promise<void> {
  const turnedOn = await checks.check('both systems become ready with mutual TLS', async () => {
    await guide.run('makeCertificates', 'createTlsSecrets', 'applyTls');
    await guide.run('awaitStore', 'awaitSubstations', 'awaitBalancer', 'awaitEntry');
    return undefined;
  });
  if (!turnedOn) return;
  await checks.check('nodes and services talk by TLS, and only with certificates', async () => {
    const entry = await cluster.kubectl(
      ...['-n', NAMESPACE, 'get', 'pod', '-l', 'app.kubernetes.io/component=charge-request-service'],
      ...['-o', 'jsonpath={.items[0].metadata.name}'],
    );
    const post = (body: object) =>
      `{ method: "POST", headers: { "content-type": "application/json" }, body: ${JSON.stringify(JSON.stringify(body))} }`;
    // Names of replaced pods may lead to their old addresses for some seconds.
    const write = post({ key: 'by-tls', value: 1, acks: 3 });
    const charge = post({ vehicle_id: 'EV_1000', charge_amount: 1 });
    const results = [
      [
        'plain HTTP to a node',
        'not 200',
        await fetchFromPod(cluster, 'store-client', 'http://store:5000/health'),
      ],
      [
        'a put on three nodes',
        '200',
        await fetchByTls(cluster, 'store-0', 'https://localhost:5000/put?wait_ms=30000', write),
      ],
      ['a snapshot', '403', await fetchByTls(cluster, 'store-0', 'https://localhost:5000/snapshot')],
      ['a charge', '200', await fetchByTls(cluster, entry, 'https://localhost:8000/charge', charge)],
      [
        'a charge at the balancer',
        '403',
        await fetchByTls(cluster, entry, 'https://load-balancer:8080/route_charge', charge),
      ],
    ] as const;
    const wrong = results.filter(([, expected, result]) =>
      expected === 'not 200' ? result === '200' : result !== expected,
    );
    if (wrong.length > 0) throw new Error(wrong.map((result) => result.join(': ')).join('\n'));
    return results.map(([what, , result]) => `${what}: ${result}`).join('; ');
  });
}

/** Runs a request in a pod, which trusts the authority but shows no certificate. Resolves to the status or error. */
function fetchByTls({ kubectl }: Cluster, pod: string, url: string, init = '{}'): Promise<string> {
  const script = `fetch(${JSON.stringify(url)}, ${init})
    .then((response) => console.log(response.status), (error) => console.log(error.cause?.code ?? error.name))`;
  const shell = 'NODE_EXTRA_CA_CERTS=$TLS_CA_FILE exec node -e "$0"';
  return kubectl('-n', NAMESPACE, 'exec', pod, '--', 'sh', '-c', shell, script);
}
