import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { SeededRandom } from '@gridclock/simulation-kit';
import type { SimulatedProcess } from './simulated-process.ts';

/** How the network treats messages between faults. */
export type NetworkConditions = {
  /** The longest one-way latency, in milliseconds. */
  latencyMs: number;
  /** The share of messages lost. */
  lossRate: number;
  /** The share of idempotent requests that arrive twice. */
  duplicateRate: number;
};

export type NetworkRequest = {
  /** The requesting process. */
  process: SimulatedProcess;
  from: string;
  to: string;
  timeoutMs: number;
  /** Whether the network may duplicate the request. TCP delivers a request that nobody retries once. */
  idempotent: boolean;
};

/** A service and the process that runs it. */
export type Endpoint<Service> = { process: SimulatedProcess; service: Service };

/** No response within the timeout: the request may or may not have been served. */
class TimeoutError extends Error {
  override readonly name = 'TimeoutError';
}

/** Nothing listens at the address: the request was not served. */
class ConnectionRefusedError extends Error {
  override readonly name = 'ConnectionRefusedError';
}

/** A network of named endpoints that randomly delays, loses and duplicates messages. */
export class SimulatedNetwork<Service> {
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #endpoints = new Map<string, Endpoint<Service>>();
  readonly #cutLinks = new Set<string>();
  #conditions: NetworkConditions;

  constructor(scheduler: Scheduler, random: SeededRandom, conditions: NetworkConditions) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#conditions = conditions;
  }

  attach(name: string, endpoint: Endpoint<Service>): void {
    this.#endpoints.set(name, endpoint);
  }

  detach(name: string): void {
    this.#endpoints.delete(name);
  }

  /** Drops all messages in one direction until `restore`. */
  cut(from: string, to: string): void {
    this.#cutLinks.add(linkName(from, to));
  }

  restore(from: string, to: string): void {
    this.#cutLinks.delete(linkName(from, to));
  }

  setConditions(conditions: NetworkConditions): void {
    this.#conditions = conditions;
  }

  /**
   * Sends a request to the service at an endpoint.
   *
   * @throws TimeoutError, ConnectionRefusedError, or the error of the service
   */
  request<Result>(
    { process, from, to, timeoutMs, idempotent }: NetworkRequest,
    serve: (service: Service) => Promise<Result>,
  ): Promise<Result> {
    return new Promise((resolve, reject) => {
      if (process.crashed) return;
      const cancel = process.after(timeoutMs, () => reject(new TimeoutError(`${to} did not respond`)));
      const sendBack = (settle: () => void) =>
        this.#send(to, from, 1, () =>
          process.run(() => {
            cancel();
            settle();
          }),
        );
      const copies = idempotent && this.#random.chance(this.#conditions.duplicateRate) ? 2 : 1;
      this.#send(from, to, copies, () => {
        const endpoint = this.#endpoints.get(to);
        if (endpoint === undefined) {
          sendBack(() => reject(new ConnectionRefusedError(`${to} is down`)));
          return;
        }
        const respond = (settle: () => void) => endpoint.process.run(() => sendBack(settle));
        endpoint.process.run(() => {
          serve(endpoint.service).then(
            (result) => respond(() => resolve(result)),
            (error: unknown) => respond(() => reject(error)),
          );
        });
      });
    });
  }

  #send(from: string, to: string, copies: number, deliver: () => void): void {
    const { latencyMs, lossRate } = this.#conditions;
    for (let copy = 0; copy < copies; copy++) {
      if (this.#random.chance(lossRate)) continue;
      // Squared: most messages are fast, and some are so late that others overtake them.
      const share = this.#random.fraction() ** 2;
      this.#scheduler.after(share * latencyMs, () => {
        if (!this.#cutLinks.has(linkName(from, to))) deliver();
      });
    }
  }
}

/** Returns another address of a host. A cut stops the messages to all of its addresses. */
export function movedAddress(host: string, number: number): string {
  return `${host}${MOVED}${number}`;
}

const MOVED = '.moved';

function hostOf(address: string): string {
  return address.split(MOVED, 1)[0] ?? address;
}

function linkName(from: string, to: string): string {
  return `${hostOf(from)}>${hostOf(to)}`;
}
