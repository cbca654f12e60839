import { join } from 'node:path';
import {
  type Certificates,
  createCertificates,
  freePort,
  type LocalService,
  startLocalService,
} from '@gridclock/local-service';
import { createHttpClient, openToolTls, type ServiceTls } from '@gridclock/service-kit';
import pWaitFor from 'p-wait-for';
import { CausalClient } from '../../src/causal-client.ts';
import { nodeEntry } from '../../src/verification/soak/start-node.ts';

export const TOKEN = 'the-cluster-token';

const members = ['node1', 'node2', 'node3'];

/** Three nodes as local processes with mutual TLS and a cluster token. */
export class TlsCluster {
  readonly certificates: Certificates;
  readonly #ports: ReadonlyMap<string, number>;
  readonly #probePorts: ReadonlyMap<string, number>;
  readonly #running = new Map<string, LocalService>();
  readonly lines: string[] = [];

  private constructor(
    certificates: Certificates,
    ports: ReadonlyMap<string, number>,
    probePorts: ReadonlyMap<string, number>,
  ) {
    this.certificates = certificates;
    this.#ports = ports;
    this.#probePorts = probePorts;
  }

  static async plan(folder: string): Promise<TlsCluster> {
    const [ports, probePorts] = [new Map<string, number>(), new Map<string, number>()];
    for (const name of members) {
      ports.set(name, await freePort());
      probePorts.set(name, await freePort());
    }
    return new TlsCluster(await createCertificates(join(folder, 'tls')), ports, probePorts);
  }

  url(name: string): string {
    return `http://127.0.0.1:${this.#ports.get(name)}`;
  }

  probeUrl(name: string): string {
    return `http://127.0.0.1:${this.#probePorts.get(name)}`;
  }

  /** @param peerUrls the URLs at which the nodes reach a peer, where they are not its own */
  async start(peerUrls: Readonly<Record<string, string>> = {}): Promise<void> {
    for (const name of members) this.launch(name, peerUrls);
    await Promise.all(members.map((name) => this.ready(name)));
  }

  launch(
    name: string,
    peerUrls: Readonly<Record<string, string>> = {},
    variables: Record<string, string> = {},
  ): LocalService {
    const peers = members
      .filter((peer) => peer !== name)
      .map((peer) => `${peer}=${peerUrls[peer] ?? this.url(peer)}`);
    const service = startLocalService({
      name,
      entryFile: nodeEntry,
      port: this.#ports.get(name) ?? 0,
      environment: {
        NODE_ID: name,
        PEERS: peers.join(','),
        CLUSTER_TOKEN: TOKEN,
        FAULTS: '1',
        PEER_WAIT_MS: '30000',
        PROBE_PORT: `${this.#probePorts.get(name)}`,
        ...this.certificates.variables(name),
        ...variables,
      },
      onLine: (line) => this.lines.push(line),
    });
    this.#running.set(name, service);
    return service;
  }

  ready(name: string): Promise<void> {
    const isReady = () =>
      fetch(`${this.probeUrl(name)}/ready`).then(
        ({ status }) => status === 200,
        () => false,
      );
    return pWaitFor(isReady, { interval: 100, timeout: 60_000 });
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#running.values()].map((service) => service.stop()));
  }

  /** The certificates of a client: of a service, or of nobody, which trusts the authority only. */
  tls(service: string | undefined, from = this.certificates): ServiceTls {
    const variables =
      service === undefined ? { TLS_CA_FILE: from.path('operator', 'ca') } : from.variables(service);
    const tls = openToolTls(variables);
    if (tls === undefined) throw new Error('no certificates');
    return tls;
  }

  /** A client that trusts what the files say now. Without a connection to the node, it asks another one. */
  client(name: string): CausalClient {
    return new CausalClient({
      nodes: [name, ...members].map((node) => this.url(node)),
      tls: this.tls(undefined),
    });
  }

  /** Sends a request to node1 with the certificate of a service. */
  async status(method: string, path: string, service: string | undefined, token?: string): Promise<number> {
    const http = createHttpClient({ timeoutMs: 5_000, token, tls: { tls: this.tls(service) } });
    return (await http.request({ method, url: `${this.url('node1')}${path}` })).status;
  }

  /** Reads a metric of a node. */
  async metric(name: string, metric: string): Promise<number> {
    const http = createHttpClient({ timeoutMs: 5_000, tls: { tls: this.tls(undefined) } });
    const { data } = await http.get<unknown>(`${this.url(name)}/metrics`, { responseType: 'text' });
    const line = String(data)
      .split('\n')
      .find((text) => text.startsWith(metric));
    return Number(line?.slice(metric.length));
  }

  /** Waits until all nodes have loaded files that changed after a time, in seconds since 1970. */
  async loadedSince(seconds: number): Promise<void> {
    const loaded = async (name: string) =>
      (await this.metric(name, 'service_reload_timestamp_seconds{files="TLS"}')) >= seconds;
    const allLoaded = async () => (await Promise.all(members.map(loaded))).every(Boolean);
    await pWaitFor(allLoaded, { interval: 250, timeout: 30_000 });
  }
}
