import type { Logger } from '@gridclock/service-kit';
import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { SeededRandom } from '@gridclock/simulation-kit';

import type { BufferCapacity } from '../../causality/causal-buffer.ts';

import { drawLife, type LifeId } from '../../causality/lineage.ts';

import { counterOf, descends } from '../../causality/vector-clock.ts';
import type { Write } from '../../causality/write.ts';
import { ClusterNode } from '../../cluster-node.ts';
import { DiskSpace } from '../../disk-space.ts';
import { RemovedError } from '../../membership/join-cluster.ts';
import { FaultyTransport } from '../../replication/faulty-transport.ts';
import type { LogRetention } from '../../replication/log-compactor.ts';
import { messageBody } from '../../replication/message-body.ts';
import { RefusedError, type Transport } from '../../replication/transport.ts';
import { WIRE_FORMATS } from '../../replication/wire-formats.ts';
import { withPruned } from '../../retirement/reported-clocks.ts';
import { readWrites } from '../../routes/read-writes.ts';
import type { Storage } from '../../storage/storage.ts';
import { type DiskCopy, SimulatedDisk } from './simulated-disk.ts';
import type { SimulatedNetwork } from './simulated-network.ts';
import { SimulatedProcess } from './simulated-process.ts';

export type SimulatedNodeOptions = {
  name: string;
  /** Where the other nodes reach it; its name by default. */
  address?: string;
  /** The names of all nodes. */
  names: readonly string[];
  scheduler: Scheduler;
  random: SeededRandom;
  network: SimulatedNetwork<ClusterNode>;
  limits: {
    peerWaitMs: number;
    bufferCapacity: BufferCapacity;
    logRetention: LogRetention;
    retireAfterMs: number;
    keptTombstones?: number;
    snapshotPageBytes?: number;
  };
  logger: Logger;
  /** Called with the writes that became visible on this node, in any incarnation of its process. */
  onCommitted: (writes: readonly Write[]) => void;
  onFailure: (error: unknown) => void;
  /** Replaces the storage, for tests that break the node on purpose. */
  wrapStorage?: (storage: Storage, name: string) => Storage;
  /** Replaces the transport to a peer, for tests that break the node on purpose. */
  wrapTransport?: (transport: Transport) => Transport;
};

/** The same timeout as over HTTP. */
const REQUEST_TIMEOUT_MS = 5_000;

/** Runs the real node code on a simulated disk and network, through crashes and restarts. */
export class SimulatedNode {
  readonly name: string;
  readonly #options: SimulatedNodeOptions;
  readonly #disk: SimulatedDisk;
  /** Where the other nodes reach it: its name, until it moves. */
  #address: string;
  #process: SimulatedProcess;
  #node: ClusterNode | undefined;
  #links: ReadonlyMap<string, FaultyTransport> = new Map();

  constructor(options: SimulatedNodeOptions) {
    this.name = options.name;
    this.#options = options;
    this.#address = options.address ?? options.name;
    this.#disk = new SimulatedDisk(options.scheduler, options.random.fork());
    this.#process = new SimulatedProcess(options.scheduler);
  }

  /** The running node; undefined while it is down. */
  get node(): ClusterNode | undefined {
    return this.#node;
  }

  /** Where the other nodes reach it. */
  get address(): string {
    return this.#address;
  }

  get process(): SimulatedProcess {
    return this.#process;
  }

  /** The link to a peer, for injecting faults; undefined while this node is down. */
  link(peer: string): FaultyTransport | undefined {
    return this.#links.get(peer);
  }

  /**
   * Starts a new process, unless one is running.
   *
   * @param configuration replaces the names that its configuration lists, or lets it state its address to others
   */
  start(configuration: { names?: readonly string[]; advertises?: boolean } = {}): void {
    if (this.#node !== undefined) return;
    const { name, scheduler, random, network, limits, logger, onCommitted, onFailure } = this.#options;
    const { wrapStorage = (storage) => storage } = this.#options;
    const { names = this.#options.names, advertises = this.#address !== name } = configuration;
    const process = new SimulatedProcess(scheduler);
    const life = drawLife(() => random.fraction());
    const others = names.filter((other) => other !== name);
    const links = new Map(
      others.map((other) => [other, new FaultyTransport(this.#transport(process, life, other), process)]),
    );
    const nodeRandom = random.fork();
    const disk = new DiskSpace({ scheduler: process, freeBytes: async () => (this.#disk.full ? 0 : 1) });
    const node = new ClusterNode({
      name,
      storage: wrapStorage(this.#disk.open(process, disk.run), name),
      disk,
      peers: [...links].map(([id, transport]) => ({ peer: { id, url: `http://${id}` }, transport })),
      transportTo: ({ url }) => this.#transport(process, life, new URL(url).hostname),
      advertisedUrl: advertises ? `http://${this.#address}` : undefined,
      life,
      scheduler: process,
      wallClock: () => scheduler.now(),
      observers: [],
      servesAlone: false,
      random: () => nodeRandom.fraction(),
      ...limits,
      logger,
      onCommitted,
      onFailure,
    });
    this.#process = process;
    this.#links = links;
    this.#node = node;
    network.attach(this.#address, { process, service: node });
    node.start().catch((error: unknown) => {
      // As under a supervisor: the process exits, and starts again later.
      if (error instanceof RemovedError) this.crash();
      else onFailure(error);
    });
  }

  /** Fills the disk, or frees space on it. */
  setDiskFull(full: boolean): void {
    this.#disk.full = full;
  }

  /** Kills the process, as SIGKILL does. */
  crash(): void {
    if (this.#node === undefined) return;
    this.#process.crash();
    this.#disk.crash();
    this.#options.network.detach(this.#address);
    this.#node = undefined;
    this.#links = new Map();
  }

  /** Kills the process. The next one has another address. */
  move(address: string): void {
    this.crash();
    this.#address = address;
  }

  /** Copies the disk. */
  backUp(): DiskCopy {
    return this.#disk.backUp();
  }

  /** Kills the process and replaces the disk's contents by a copy. @param looksInPlace whether nobody can tell */
  restore(backup: DiskCopy, looksInPlace = false): void {
    this.crash();
    this.#disk.restore(backup, looksInPlace);
  }

  /** Kills the process and loses the disk's contents. */
  wipe(): void {
    this.crash();
    this.#disk.wipe();
  }

  /** Whether the disk of another node also has all writes of this one, so that this one may be wiped. */
  isCopiedTo(other: SimulatedNode): boolean {
    const store = this.#node?.store;
    const settled = store === undefined || store.ownCounter === counterOf(this.#disk.clock, store.id);
    return settled && descends(other.#disk.clock, this.#disk.clock);
  }

  #transport(process: SimulatedProcess, life: LifeId, to: string): Transport {
    const { network, wrapTransport = (transport) => transport } = this.#options;
    const request = <Result>(serve: (node: ClusterNode) => Promise<Result>) =>
      network.request(
        { process, from: this.#address, to, timeoutMs: REQUEST_TIMEOUT_MS, idempotent: true },
        serve,
      );
    return wrapTransport({
      replicate: (writes, toLife) => {
        const body = messageBody(writes, WIRE_FORMATS.writes);
        return request((node) => receive(node, this.name, body, toLife));
      },
      heartbeat: () =>
        request(async (node) => {
          // As over HTTP, where every request names its sender.
          node.replicator?.retryNow(this.name);
          return withPruned(node.heartbeat({ name: this.name, life }));
        }),
      claim: (claim) => request((node) => node.identities.answerClaim(claim)),
      join: (member) => request((node) => node.membership.admit(member)),
      snapshot: (mark) => request(async (node) => node.snapshots.page(mark)),
    });
  }
}

/** Receives a message as the `/replicate` route does, without HTTP. */
async function receive(node: ClusterNode, from: string, body: string, to: LifeId | undefined) {
  const { writes } = readWrites(JSON.parse(body), WIRE_FORMATS.writes);
  if (to !== undefined && to !== node.life) throw new Error('the message is for another life of this node');
  const { store } = node;
  if (node.directory.isRemoved(from)) throw new Error(`${from} was removed from the cluster`);
  if (store === undefined) throw new RefusedError('this node is starting');
  const impossible = writes.find(({ vc }) => counterOf(vc, store.id) > store.ownCounter);
  if (impossible !== undefined) {
    throw new Error(
      `${store.id} made ${store.ownCounter} writes, but a peer depends on write ${counterOf(impossible.vc, store.id)}`,
    );
  }
  const objection = node.identities.objectionTo(writes, from);
  if (objection !== undefined) throw new Error(objection);
  const statuses = await store.receive(writes);
  if (statuses.includes('refused') || statuses.includes('no-room'))
    throw new RefusedError('the causal buffer or the clock is full');
  return store.liveClock;
}
