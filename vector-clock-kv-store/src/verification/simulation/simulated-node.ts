import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { SeededRandom } from '@gridclock/simulation-kit';
import { counterOf, descends } from '../../causality/vector-clock.ts';
import type { Write } from '../../causality/write.ts';
import { ClusterNode } from '../../cluster-node.ts';
import { FaultyTransport } from '../../replication/faulty-transport.ts';
import { RefusedError, type Transport } from '../../replication/transport.ts';
import type { Storage } from '../../storage/storage.ts';
import { SimulatedDisk } from './simulated-disk.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import { Life } from './simulated-process.ts';

export type SimulatedNodeOptions = {
  name: string;
  /** The names of all nodes. */
  names: readonly string[];
  time: Scheduler;
  random: SeededRandom;
  network: SimulatedNetwork<ClusterNode>;
  limits: { peerWaitMs: number; bufferCapacity: number; logRetention: number };
  logger: Logger;
  /** Called with all that became visible here, in this or another life. */
  onCommitted: (writes: readonly Write[]) => void;
  onFailure: (error: unknown) => void;
  /** For tests that break a node on purpose: what it uses in place of its storage or its way to a peer. */
  alterStorage?: (storage: Storage, name: string) => Storage;
  alterTransport?: (transport: Transport) => Transport;
};

/** How long a node waits for a peer's answer, in milliseconds: as over HTTP. */
const REQUEST_LIMIT_MS = 5_000;

/** A node of the simulated cluster: the real code, on a simulated disk and network, through crashes and restarts. */
export class SimulatedNode {
  readonly name: string;
  readonly #options: SimulatedNodeOptions;
  readonly #disk: SimulatedDisk;
  #life: Life;
  #node: ClusterNode | undefined;
  #links: ReadonlyMap<string, FaultyTransport> = new Map();

  constructor(options: SimulatedNodeOptions) {
    this.name = options.name;
    this.#options = options;
    this.#disk = new SimulatedDisk(options.time, options.random.fork());
    this.#life = new Life(options.time);
  }

  /** The running node; undefined while it is down. */
  get node(): ClusterNode | undefined {
    return this.#node;
  }

  get life(): Life {
    return this.#life;
  }

  /** The way to a peer, to be faulted; undefined while this node is down. */
  link(peer: string): FaultyTransport | undefined {
    return this.#links.get(peer);
  }

  /** Starts a new life; does nothing while one lasts. */
  start(): void {
    if (this.#node !== undefined) return;
    const { name, names, time, random, network, limits, logger, onCommitted, onFailure } = this.#options;
    const { alterStorage = (storage) => storage } = this.#options;
    const life = new Life(time);
    const others = names.filter((other) => other !== name);
    const links = new Map(others.map((other) => [other, new FaultyTransport(this.#way(life, other), life)]));
    const chance = random.fork();
    const node = new ClusterNode({
      name,
      storage: alterStorage(this.#disk.open(life), name),
      peers: [...links].map(([id, transport]) => ({ peer: { id, url: `http://${id}` }, transport })),
      transportTo: ({ id }) => this.#way(life, id),
      scheduler: life,
      wallClock: () => time.now(),
      observers: [],
      random: () => chance.fraction(),
      ...limits,
      logger,
      onCommitted,
      onFailure,
    });
    this.#life = life;
    this.#links = links;
    this.#node = node;
    network.attach(name, { life, service: node });
    node.start().catch(onFailure);
  }

  /** Ends its life as SIGKILL does. */
  crash(): void {
    if (this.#node === undefined) return;
    this.#life.end();
    this.#disk.crash();
    this.#options.network.detach(this.name);
    this.#node = undefined;
    this.#links = new Map();
  }

  /** Loses all that it had stored. */
  wipe(): void {
    this.crash();
    this.#disk.wipe();
  }

  /** Whether all that this node has is on the disk of another too, so that its own may be lost. */
  isCopiedTo(other: SimulatedNode): boolean {
    const store = this.#node?.store;
    const settled = store === undefined || store.ownCounter === counterOf(this.#disk.clock, store.id);
    return settled && descends(other.#disk.clock, this.#disk.clock);
  }

  #way(life: Life, to: string): Transport {
    const { network, alterTransport = (transport) => transport } = this.#options;
    const ask = <Answer>(serve: (node: ClusterNode) => Promise<Answer>) =>
      network.ask({ life, from: this.name, to, limitMs: REQUEST_LIMIT_MS, idempotent: true }, serve);
    return alterTransport({
      replicate: (writes) => ask((node) => receive(node, writes)),
      heartbeat: () =>
        ask(async (node) => {
          // As over HTTP, where every request names who asks.
          node.replicator?.retryNow(this.name);
          return { clock: node.clock, heardOf: node.heardOf(), pruned: node.log.pruned };
        }),
      join: (member) => ask((node) => node.admit(member)),
      snapshot: (mark) => ask(async (node) => node.snapshot(mark)),
    });
  }
}

/** What the `/replicate` route does, without HTTP. */
async function receive(node: ClusterNode, writes: readonly Write[]) {
  const { store } = node;
  if (store === undefined) throw new RefusedError('this node is starting');
  const impossible = writes.find(({ vc }) => counterOf(vc, store.id) > store.ownCounter);
  if (impossible !== undefined) {
    throw new Error(`${store.id} made ${store.ownCounter} writes, not ${counterOf(impossible.vc, store.id)}`);
  }
  const statuses = await store.receive(writes);
  if (statuses.includes('refused')) throw new RefusedError('the causal buffer is full');
  return store.clock;
}
