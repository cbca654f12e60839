import { setTimeout } from 'node:timers/promises';
import { type ChargeRequest, SESSION_INTERRUPTED } from '@gridclock/grid-protocol';
import { createHttpClient, jsonBody, transportFailure } from '@gridclock/service-kit';
import {
  type Accepted,
  classifyResponse,
  type Failed,
  type Rejected,
} from 'smart-grid-load-balancer/workload/outcome';
import { z } from 'zod';

/** The connection failed before a response arrived. */
export type Unreachable = { kind: 'unreachable'; reason: string };

/** The session that the request had started was cut off when its substation lost its disk. */
type Interrupted = { kind: 'interrupted'; substationId: string };

/** One request of a driver. Times are in milliseconds since 1970. */
export type Attempt = {
  sentAt: number;
  settledAt: number;
  outcome: Accepted | Rejected | Failed | Unreachable | Interrupted;
};

/** All attempts of one driver, until the vehicle is or was charged, the grid is full or the driver gives up. */
export type DriverLog = {
  vehicle: string;
  kw: number;
  attempts: Attempt[];
  /** The connection failed and the driver knew no request id, so that another attempt could charge twice. */
  ambiguous: boolean;
};

/** The pause between two attempts, in milliseconds: like a person or an app, not as fast as possible. */
const RETRY_AFTER_MS = 300;

/** Longer than the entry retries an open request at the balancer, in milliseconds. */
const RESPONSE_TIMEOUT_MS = 40_000;

/** How long a driver retries, in milliseconds: all faults end long before. */
const PATIENCE_MS = 90_000;

const interruptedSchema = z.object({ error: z.literal(SESSION_INTERRUPTED), substation_id: z.string() });

export type DriversOptions = {
  /** The URL of the public entry. */
  entryUrl: string;
  /** The clock, in milliseconds since 1970. */
  now: () => number;
};

/** Drivers who retry under the same request id until they are charged or the grid is full. */
export class Drivers {
  readonly #http = createHttpClient({ timeoutMs: RESPONSE_TIMEOUT_MS });
  readonly #options: DriversOptions;
  readonly #logs: DriverLog[] = [];

  constructor(options: DriversOptions) {
    this.#options = options;
  }

  get logs(): readonly DriverLog[] {
    return this.#logs;
  }

  /**
   * Charges one vehicle, whatever the grid's state; failures are only logged.
   *
   * @param ownId whether the driver chooses the request id; otherwise it takes the one in a response
   */
  async charge(demand: Omit<ChargeRequest, 'vehicle_id'>, vehicle: string, ownId: boolean): Promise<void> {
    const { now } = this.#options;
    const log: DriverLog = { vehicle, kw: demand.charge_amount, attempts: [], ambiguous: false };
    this.#logs.push(log);
    const giveUpAt = now() + PATIENCE_MS;
    let requestId = ownId ? vehicle : undefined;
    for (;;) {
      const sentAt = now();
      const request = { ...demand, vehicle_id: vehicle };
      const outcome = await this.#send(
        requestId === undefined ? request : { ...request, request_id: requestId },
      );
      log.attempts.push({ sentAt, settledAt: now(), outcome });
      const isDefinite = ['accepted', 'rejected', 'interrupted'].includes(outcome.kind);
      if (isDefinite || now() > giveUpAt) return;
      if (outcome.kind === 'failed') requestId ??= outcome.retry?.requestId;
      // A refused connection is unambiguous: the request was never sent.
      log.ambiguous =
        requestId === undefined && outcome.kind === 'unreachable' && outcome.reason !== 'ECONNREFUSED';
      if (log.ambiguous) return;
      await setTimeout(RETRY_AFTER_MS);
    }
  }

  async #send(request: ChargeRequest): Promise<Attempt['outcome']> {
    try {
      const { data, status } = await this.#http.post<unknown>(
        `${this.#options.entryUrl}/charge`,
        jsonBody(request),
      );
      const interruption = interruptedSchema.safeParse(data);
      if (status === 410 && interruption.success)
        return { kind: 'interrupted', substationId: interruption.data.substation_id };
      return classifyResponse(status, data);
    } catch (error) {
      return { kind: 'unreachable', reason: transportFailure(error).reason };
    }
  }
}
