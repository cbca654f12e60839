import type { Scheduler } from '@gridclock/service-kit/scheduler';
import type { SeededRandom } from '@gridclock/simulation-kit';
import type { Life } from './simulated-process.ts';

/** How a network behaves between faults. */
export type NetworkConditions = {
  /** The longest that a message takes one way, in milliseconds. */
  latencyMs: number;
  /** The share of messages that are lost, and of requests between nodes that arrive twice. */
  lossShare: number;
  doubleShare: number;
};

/** A request's way, and how long its answer may take, in milliseconds. */
export type Request = {
  /** The asking process'. */
  life: Life;
  from: string;
  to: string;
  limitMs: number;
  /** Whether the network may double it: what nobody repeats, TCP delivers once. */
  idempotent: boolean;
};

/** What a place in the network answers from, and for how long. */
export type Endpoint<Service> = { life: Life; service: Service };

/** No answer came: what was asked may or may not have been done. */
class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** Nobody listens there: what was asked was not done. */
class NobodyThereError extends Error {
  override readonly name = 'NobodyThereError';
}

/** Requests and answers between places that have names, late, lost or doubled as chance decides. */
export class SimulatedNetwork<Service> {
  readonly #time: Scheduler;
  readonly #random: SeededRandom;
  readonly #endpoints = new Map<string, Endpoint<Service>>();
  readonly #cuts = new Set<string>();
  #conditions: NetworkConditions;

  constructor(time: Scheduler, random: SeededRandom, conditions: NetworkConditions) {
    this.#time = time;
    this.#random = random;
    this.#conditions = conditions;
  }

  attach(name: string, endpoint: Endpoint<Service>): void {
    this.#endpoints.set(name, endpoint);
  }

  detach(name: string): void {
    this.#endpoints.delete(name);
  }

  /** Lets nothing through from one place to another until `mend`. */
  cut(from: string, to: string): void {
    this.#cuts.add(way(from, to));
  }

  mend(from: string, to: string): void {
    this.#cuts.delete(way(from, to));
  }

  /** Changes how it behaves from now on. */
  become(conditions: NetworkConditions): void {
    this.#conditions = conditions;
  }

  /**
   * Asks the service at a place.
   *
   * @throws NoAnswerError after `limitMs`, NobodyThereError, or what the service threw
   */
  ask<Answer>(
    { life, from, to, limitMs, idempotent }: Request,
    serve: (service: Service) => Promise<Answer>,
  ): Promise<Answer> {
    return new Promise((resolve, reject) => {
      if (life.over) return;
      const cancel = life.after(limitMs, () => reject(new NoAnswerError(`${to} did not answer`)));
      const back = (settle: () => void) =>
        this.#carry(to, from, 1, () =>
          life.run(() => {
            cancel();
            settle();
          }),
        );
      const copies = idempotent && this.#random.chance(this.#conditions.doubleShare) ? 2 : 1;
      this.#carry(from, to, copies, () => {
        const endpoint = this.#endpoints.get(to);
        if (endpoint === undefined) {
          back(() => reject(new NobodyThereError(`${to} is not there`)));
          return;
        }
        const answer = (settle: () => void) => endpoint.life.run(() => back(settle));
        endpoint.life.run(() => {
          serve(endpoint.service).then(
            (result) => answer(() => resolve(result)),
            (error: unknown) => answer(() => reject(error)),
          );
        });
      });
    });
  }

  #carry(from: string, to: string, copies: number, arrive: () => void): void {
    const { latencyMs, lossShare } = this.#conditions;
    for (let copy = 0; copy < copies; copy++) {
      if (this.#random.chance(lossShare)) continue;
      // Squared: most are quick, some are so late that others overtake them.
      const share = this.#random.fraction() ** 2;
      this.#time.after(share * latencyMs, () => {
        if (!this.#cuts.has(way(from, to))) arrive();
      });
    }
  }
}

function way(from: string, to: string): string {
  return `${from}>${to}`;
}
