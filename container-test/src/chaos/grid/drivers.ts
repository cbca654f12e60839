import { setTimeout } from 'node:timers/promises';
import { type ChargeRequest, SESSION_INTERRUPTED } from '@gridclock/grid-protocol';
import { createHttpClient, jsonBody, transportFailure } from '@gridclock/service-kit';
import {
  type Abandoned,
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
  outcome: Accepted | Rejected | Failed | Unreachable | Interrupted | Abandoned;
};

/** All attempts of one driver, until the vehicle is or was charged, the grid is full or the driver gives up. */
export type DriverLog = {
  vehicle: string;
  kw: number;
  attempts: Attempt[];
  /**
   * The connection failed, or the driver left, and no request id was known: another attempt could charge twice.
   */
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

/** How one driver behaves. */
export type DriverHabits = {
  /** Whether the driver chooses the request id; otherwise it takes the one in a response. */
  ownId: boolean;
  /** When the driver closes the first connection, in whole milliseconds after sending; by default never. */
  leavesAfterMs?: number | undefined;
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
   * A driver who left comes back at once, so that its repetition meets the request it left behind.
   */
  async charge(
    demand: Omit<ChargeRequest, 'vehicle_id'>,
    vehicle: string,
    { ownId, leavesAfterMs }: DriverHabits,
  ): Promise<void> {
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
        log.attempts.length === 0 ? leavesAfterMs : undefined,
      );
      log.attempts.push({ sentAt, settledAt: now(), outcome });
      const isDefinite = ['accepted', 'rejected', 'interrupted'].includes(outcome.kind);
      if (isDefinite || now() > giveUpAt) return;
      if (outcome.kind === 'failed') requestId ??= outcome.retry?.requestId;
      // A refused connection is unambiguous: the request was never sent.
      log.ambiguous =
        requestId === undefined &&
        (outcome.kind === 'abandoned' ||
          (outcome.kind === 'unreachable' && outcome.reason !== 'ECONNREFUSED'));
      if (log.ambiguous) return;
      if (outcome.kind !== 'abandoned') await setTimeout(RETRY_AFTER_MS);
    }
  }

  async #send(request: ChargeRequest, leavesAfterMs: number | undefined): Promise<Attempt['outcome']> {
    const left = leavesAfterMs === undefined ? undefined : AbortSignal.timeout(leavesAfterMs);
    try {
      const { data, status } = await this.#http.post<unknown>(
        `${this.#options.entryUrl}/charge`,
        jsonBody(request),
        left && { signal: left },
      );
      const interruption = interruptedSchema.safeParse(data);
      if (status === 410 && interruption.success)
        return { kind: 'interrupted', substationId: interruption.data.substation_id };
      return classifyResponse(status, data);
    } catch (error) {
      if (left?.aborted) return { kind: 'abandoned' };
      return { kind: 'unreachable', reason: transportFailure(error).reason };
    }
  }
}
