import { exchange, JudgedProcess, removeDataDirectory } from '@gridclock/judge-kit';
import { freePort } from '@gridclock/local-service';
import { nameOf } from '../../../causality/node-id.ts';
import { type Dialect, formatPeers, idsOf } from '../dialect/dialect.ts';
import { contractForm, type Message } from '../dialect/message-form.ts';
import { ContractClient } from './contract-client.ts';
import { contractVariables } from './contract-variables.ts';
import { EventLog } from './event-log.ts';
import { FakePeer } from './fake-peer.ts';

export type BenchOptions = {
  command: string;
  dialect: Pick<Dialect, 'launch'> & Partial<Dialect>;
  /** How many nodes the cluster has, of which one is real. */
  count: number;
  /** Which of the ids the real node has, from 0. */
  index?: number;
  dataDir?: string | undefined;
  /** How long a node may take to start, in milliseconds. */
  startMs?: number | undefined;
};

/** One judged node alone among peers that the judge plays, so that every message is the judge's. */
export class Bench {
  readonly id: string;
  readonly ids: readonly string[];
  readonly peers: readonly FakePeer[];
  readonly log = new EventLog(Date.now);
  readonly client: ContractClient;
  readonly #options: BenchOptions;
  readonly #sends = new Map<string, Message>();
  #process: JudgedProcess;

  private constructor(
    options: BenchOptions,
    ids: readonly string[],
    port: number,
    peers: readonly FakePeer[],
  ) {
    const { command, dialect, dataDir, startMs } = options;
    this.#options = options;
    this.ids = ids;
    this.id = ids[options.index ?? 0] ?? '';
    this.peers = peers;
    this.client = new ContractClient(
      `http://127.0.0.1:${port}`,
      {
        put: dialect.put ?? { method: 'POST', path: '/put' },
        get: dialect.get ?? { method: 'GET', path: '/get?key={key}' },
        replicate: dialect.replicate ?? { method: 'POST', path: '/replicate' },
        message: dialect.message ?? contractForm,
        answerClock: dialect.answerClock,
      },
      ids,
    );
    this.#process = JudgedProcess.start({
      command,
      url: this.client.url,
      startMs,
      withheld: contractVariables,
      environment: {
        NODE_ID: this.id,
        PORT: String(port),
        PEERS: formatPeers(dialect.launch, new Map(this.peers.map(({ id, url }) => [id, url]))),
        ...(dataDir === undefined ? {} : { DATA_DIR: dataDir }),
      },
    });
  }

  /** Starts the node. @throws ProgramStartError */
  static async start(options: BenchOptions): Promise<Bench> {
    const ids = idsOf(options.dialect.launch, options.count);
    const own = ids[options.index ?? 0];
    const peers = await Promise.all(ids.filter((id) => id !== own).map((id) => FakePeer.listen(id, ids)));
    const bench = new Bench(options, ids, await freePort(), peers);
    await bench.#ready();
    return bench;
  }

  get process(): JudgedProcess {
    return this.#process;
  }

  /** Sends a message under the name of its sender. */
  async inject(message: Message): Promise<void> {
    this.peers.find(({ id }) => id === nameOf(message.sender))?.sent(message);
    const name = JSON.stringify([message.sender, message.key, message.value]);
    if (!this.#sends.has(name)) this.log.write(message.sender, message);
    this.#sends.set(name, message);
    const send = this.log.send(message.sender, this.id, message);
    this.log.receive(this.id, send, message);
    await this.client.inject(message);
  }

  /** Kills the node with SIGKILL and starts it again, with the same variables. */
  async restart(): Promise<void> {
    this.#process = await this.#process.restart();
    this.log.start(this.id);
    await this.#ready();
  }

  async stop(): Promise<void> {
    await this.#process.kill();
    for (const peer of this.peers) peer.close();
    const { dataDir } = this.#options;
    await removeDataDirectory(dataDir);
  }

  async #ready(): Promise<void> {
    try {
      // Of a program whose dialect is not known yet, any response will do.
      const isThere = () => exchange(this.client.url).then(() => true);
      await this.#process.serves(
        this.#options.dialect.get === undefined ? isThere : () => this.client.isServing(),
      );
    } catch (error) {
      await this.stop();
      throw error;
    }
  }
}
