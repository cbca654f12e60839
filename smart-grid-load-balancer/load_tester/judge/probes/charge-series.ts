import type { GridClient } from '../system/grid-client.ts';

/** 20 s, in milliseconds: a request at a silent substation may take as long as the balancer's own limit. */
const REQUEST_TIMEOUT_MS = 20_000;

/** 3 s: after that, another vehicle comes; what the balancer does with the first one is not all that it does. */
const HUNG_MS = 3_000;

/** Small charges of 5 kW, one after another, and what becomes of them. */
export class ChargeSeries {
  readonly #client: GridClient;
  /** The statuses, in the order in which the charges were sent. */
  readonly #answers: string[] = [];

  constructor(client: GridClient) {
    this.#client = client;
  }

  /** Sends a charge; resolves with its answer, or when it takes too long to wait for. It is still sent, and counts. */
  async send(): Promise<void> {
    const index = this.#answers.push('no answer') - 1;
    const charge = { vehicle_id: `EV_${index + 1}`, charge_amount: 5 };
    const answered = this.#client.charge(charge, REQUEST_TIMEOUT_MS).then(
      ({ status }) => {
        this.#answers[index] = String(status);
      },
      () => {},
    );
    let timer: NodeJS.Timeout | undefined;
    const hung = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, HUNG_MS);
    });
    await Promise.race([answered, hung]);
    clearTimeout(timer);
  }

  get count(): number {
    return this.#answers.length;
  }

  /** The answers to the last charges; 'no answer' where there is none. */
  last(count: number): readonly string[] {
    return this.#answers.slice(-count);
  }

  /** Counts equal answers in a row: "3 × 500, 4 × 200". */
  summary(): string {
    const runs: { answer: string; count: number }[] = [];
    for (const answer of this.#answers) {
      const last = runs.at(-1);
      if (last?.answer === answer) last.count += 1;
      else runs.push({ answer, count: 1 });
    }
    return runs.map(({ answer, count }) => `${count} × ${answer}`).join(', ');
  }
}
