import { setTimeout } from 'node:timers/promises';
import {
  type ChargeRequest,
  chargeAcceptedSchema,
  INSUFFICIENT_CAPACITY,
  LOAD_BALANCER_UNAVAILABLE,
  NO_SUBSTATION_AVAILABLE,
  OUTCOME_UNKNOWN,
} from '@gridclock/grid-protocol';
import { createHttpClient, transportFailure } from '@gridclock/service-kit';
import { z } from 'zod';

/** What one question brought. Times in milliseconds since 1970, power in kW. */
export type Answer =
  | { kind: 'charged'; session: string; kw: number; startedAt: number }
  | { kind: 'full' }
  /** A 503 or 504 that says that nothing is settled yet, and under which id to ask again. */
  | { kind: 'again'; reason: string; requestId: string | undefined }
  /** No answer: the connection failed. */
  | { kind: 'fault'; reason: string }
  /** An answer that no driver should get. */
  | { kind: 'odd'; reason: string };

export type Attempt = { from: number; to: number; answer: Answer };

/** One vehicle's way to a charge, or to the word that there is no room; neither when its driver gave up. */
export type Drive = {
  vehicle: string;
  kw: number;
  attempts: Attempt[];
  /** Its request had no id that its driver knew when the connection failed: to ask again could be to charge twice. */
  stranded: boolean;
};

/** Before a driver asks again, in milliseconds: as a person or an app would, not as fast as a machine can. */
const AGAIN_AFTER_MS = 300;

/** Longer than the entry asks the balancer for what is open, in milliseconds. */
const ANSWERED_WITHIN_MS = 40_000;

/** How long a driver goes on asking, in milliseconds: all strikes are over long before. */
const PATIENCE_MS = 90_000;

const errorSchema = z.object({ error: z.string(), request_id: z.string().optional() });

const unsettled: ReadonlyMap<string, number> = new Map<string, number>([
  [LOAD_BALANCER_UNAVAILABLE, 503],
  [NO_SUBSTATION_AVAILABLE, 503],
  [OUTCOME_UNKNOWN, 504],
]);

/** Reads one HTTP answer of the public entry. */
export function readAnswer(status: number, body: unknown): Answer {
  const accepted = chargeAcceptedSchema.safeParse(body);
  if (status === 200 && accepted.success) {
    const { charge_amount: kw, session_id: session, start_time } = accepted.data;
    return { kind: 'charged', session, kw, startedAt: Date.parse(start_time) };
  }
  const { error: reason = '', request_id: requestId } = errorSchema.safeParse(body).data ?? {};
  if (status === 503 && reason === INSUFFICIENT_CAPACITY) return { kind: 'full' };
  if (unsettled.get(reason) === status) return { kind: 'again', reason, requestId };
  return { kind: 'odd', reason: `${status} ${JSON.stringify(body)}` };
}

export type DriversOptions = {
  /** Where the public entry is published. */
  entryUrl: string;
  /** Milliseconds since 1970. */
  now: () => number;
};

/** The connection was refused: nobody has the request. */
const NEVER_SENT = 'ECONNREFUSED';

/** Drivers who ask again, under the same request id, until they are charged or told that there is no room. */
export class Drivers {
  readonly #http = createHttpClient({ timeoutMs: ANSWERED_WITHIN_MS });
  readonly #options: DriversOptions;
  readonly #drives: Drive[] = [];

  constructor(options: DriversOptions) {
    this.#options = options;
  }

  get drives(): readonly Drive[] {
    return this.#drives;
  }

  /**
   * Never rejects because of what the grid does.
   *
   * @param named whether the driver gives the request an id from the start, or takes the one that an answer names
   */
  async drive(wish: Omit<ChargeRequest, 'vehicle_id'>, vehicle: string, named: boolean): Promise<void> {
    const { now } = this.#options;
    const drive: Drive = { vehicle, kw: wish.charge_amount, attempts: [], stranded: false };
    this.#drives.push(drive);
    const giveUpAt = now() + PATIENCE_MS;
    let requestId = named ? vehicle : undefined;
    for (;;) {
      const from = now();
      const request = { ...wish, vehicle_id: vehicle };
      const answer = await this.#ask(
        requestId === undefined ? request : { ...request, request_id: requestId },
      );
      drive.attempts.push({ from, to: now(), answer });
      if (answer.kind === 'charged' || answer.kind === 'full' || now() > giveUpAt) return;
      if (answer.kind === 'again') requestId ??= answer.requestId;
      drive.stranded = requestId === undefined && answer.kind === 'fault' && answer.reason !== NEVER_SENT;
      if (drive.stranded) return;
      await setTimeout(AGAIN_AFTER_MS);
    }
  }

  async #ask(request: ChargeRequest): Promise<Answer> {
    try {
      const { data, status } = await this.#http.post<unknown>(`${this.#options.entryUrl}/charge`, request);
      return readAnswer(status, data);
    } catch (error) {
      return { kind: 'fault', reason: transportFailure(error).reason };
    }
  }
}
