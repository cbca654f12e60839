import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import type { ReceivedCharge } from './charges.ts';
import { type MetricsScript, metricsPage } from './metrics-page.ts';

/**
 * How a scripted substation answers a charge: it accepts, refuses for lack of capacity, accepts and loses the response, or
 * accepts and never responds, or fails.
 */
export type ChargeScript = 'accept' | 'refuse' | 'lose' | 'hang' | 'fail';

export type ScriptedSubstationOptions = {
  id: string;
  host: string;
  /** 0: any free port. */
  port: number;
  /** Called with each charge that it received, and what it answers. */
  onCharge: (charge: ReceivedCharge, answer: string) => void;
};

/** 64 KiB: a charge request takes 200 bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/** Those of a substation and of a balancer. */
const chargePaths = new Set(['/charge', '/route_charge', '/assign_substation']);

/** A substation that the judge plays: it follows the contract, except where a probe scripts it otherwise. */
export class ScriptedSubstation {
  readonly id: string;
  readonly host: string;
  /** In kW. */
  load = 0;
  capacity = 1_000;
  metrics: MetricsScript = 'true';
  charges: ChargeScript = 'accept';
  /** Whether it accepts connections and answers nothing at all. */
  isSilent = false;
  /** How long it takes to answer a charge that it has accepted. */
  delayMs = 0;
  polls = 0;
  readonly received: ReceivedCharge[] = [];
  readonly #onCharge: ScriptedSubstationOptions['onCharge'];
  readonly #sessions = new Map<string, object>();
  readonly #sockets = new Set<Socket>();
  #server: Server;
  #port: number;

  private constructor({ id, host, port, onCharge }: ScriptedSubstationOptions) {
    this.id = id;
    this.host = host;
    this.#port = port;
    this.#onCharge = onCharge;
    this.#server = this.#create();
  }

  static async listen(options: ScriptedSubstationOptions): Promise<ScriptedSubstation> {
    const substation = new ScriptedSubstation(options);
    await substation.#listen();
    return substation;
  }

  get port(): number {
    return this.#port;
  }

  get url(): string {
    return `http://${this.host}:${this.#port}`;
  }

  /** Charged vehicles, one entry per session. */
  get charged(): readonly ReceivedCharge[] {
    return this.received.filter(({ isCharged }) => isCharged);
  }

  /** Ends as a killed process does: connections are cut, and new ones are refused. */
  async die(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  /** Starts again where it was, after it has died. */
  async revive(): Promise<void> {
    this.#server = this.#create();
    await this.#listen();
  }

  #create(): Server {
    const server = createServer((request, response) => {
      this.#respond(request, response).catch(() => response.destroy());
    });
    server.keepAliveTimeout = 60_000;
    return server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    });
  }

  #listen(): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject).listen(this.#port, this.host, () => {
        this.#port = (this.#server.address() as AddressInfo).port;
        resolve();
      });
    });
  }

  async #respond(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { pathname } = new URL(request.url ?? '/', 'http://substation');
    const body = await readBody(request);
    if (this.isSilent) return;
    if (pathname === '/metrics') {
      const { status, text } = metricsPage(this.metrics, this);
      response.writeHead(status, { 'content-type': 'text/plain; version=0.0.4' }).end(text);
      // The reader has it.
      response.on('finish', () => void this.polls++);
    } else if (pathname === '/health' || pathname === '/ready') reply(response, 200, { status: 'healthy' });
    else if (pathname === '/status') reply(response, 200, this.#status());
    else if (chargePaths.has(pathname) && request.method === 'POST') this.#charge(body, response);
    else reply(response, 404, { error: 'Not found' });
  }

  #charge(body: unknown, response: ServerResponse): void {
    const { vehicle_id: vehicle, charge_amount: kw, priority, request_id: id } = Object(body);
    if (typeof vehicle !== 'string' || vehicle === '' || !Number.isFinite(kw) || kw <= 0) {
      reply(response, 400, { error: 'vehicle_id or charge_amount is invalid' });
      return;
    }
    const requestId = typeof id === 'string' ? id : undefined;
    const charge = { substation: this.id, vehicle, kw, priority, requestId, polls: this.polls };
    const receive = (isCharged: boolean, answer: string) => {
      this.received.push({ ...charge, isCharged });
      this.#onCharge({ ...charge, isCharged }, answer);
    };
    const known = requestId === undefined ? undefined : this.#sessions.get(requestId);
    if (known === undefined && this.charges === 'fail') {
      receive(false, '500');
      reply(response, 500, { error: 'Internal error' });
    } else if (known === undefined && (this.charges === 'refuse' || this.load + kw > this.capacity)) {
      receive(false, '503 Insufficient capacity');
      const { load, capacity } = this;
      const powers = { current_load: load, max_capacity: capacity, available_capacity: capacity - load };
      reply(response, 503, { error: 'Insufficient capacity', ...powers });
    } else {
      if (known === undefined) this.load += kw;
      const session = known ?? this.#accept(vehicle, kw);
      if (requestId !== undefined) this.#sessions.set(requestId, session);
      receive(known === undefined, this.#answer(session, response, known !== undefined));
    }
  }

  /** Answers with a session as the script says. @returns what it did, for a report */
  #answer(session: object, response: ServerResponse, isKnown: boolean): string {
    const accepted = isKnown ? 'accepted, the session of the first time' : 'accepted';
    switch (this.charges) {
      case 'lose':
        response.destroy();
        return `${accepted}, but the connection breaks`;
      case 'hang':
        return `${accepted}, but no answer`;
      default:
        setTimeout(() => reply(response, 200, session), this.delayMs);
        return `200 ${accepted}`;
    }
  }

  #accept(vehicle: string, kw: number): object {
    return {
      status: 'accepted',
      session_id: `${this.id}-${this.received.length + 1}-${this.#port}`,
      substation_id: this.id,
      vehicle_id: vehicle,
      charge_amount: kw,
      estimated_duration: 600,
      start_time: new Date().toISOString(),
      current_load: this.load,
      max_capacity: this.capacity,
    };
  }

  #status(): object {
    const { id, load, capacity } = this;
    return {
      substation_id: id,
      current_load: load,
      max_capacity: capacity,
      utilization_percent: (100 * load) / capacity,
      active_sessions: this.charged.length,
      available_capacity: capacity - load,
      sessions: {},
      timestamp: new Date().toISOString(),
    };
  }
}

function reply(response: ServerResponse, status: number, body: object): void {
  const text = JSON.stringify(body);
  response
    .writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    .end(text);
}

async function readBody(request: IncomingMessage): Promise<unknown> {
  let text = '';
  for await (const part of request.setEncoding('utf8')) {
    text += part;
    if (text.length > MAX_BODY_BYTES) throw new Error('the body is too large');
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
