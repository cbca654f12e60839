import { eventually } from './eventually.ts';
import { quote } from './quote.ts';
import type { ProbeResult, Step } from './verdict.ts';

/** The program did something that the contract forbids; the message says what. */
class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
  /** Whether the program has not done in time what it must. With more time, it may. */
  readonly isLate: boolean;

  constructor(message: string, isLate = false) {
    super(message);
    this.isLate = isLate;
  }
}

/** The property cannot be judged; the message says why. */
export class NotJudged extends Error {
  override readonly name = 'NotJudged';
}

/** With what a probe reports. */
export type Observer = {
  /** Reports an action. */
  step: (text: string, result?: unknown) => void;
  /** Reports an action that begins. @returns reports its result */
  begin: (text: string) => (result: unknown) => void;
  /** Reports an expectation that holds. @throws ProbeFailure if it does not */
  check: (condition: boolean, expectation: string, actual?: unknown) => void;
  /** Reports what is wrong. @throws ProbeFailure */
  fail: (text: string) => never;
  /**
   * Waits until a condition holds, and reports that it does.
   *
   * @param actual what there is instead
   * @throws ProbeFailure if it does not hold in time
   */
  soon: (condition: () => Promise<boolean>, expectation: string, actual?: () => unknown) => Promise<void>;
  /** Waits for something that is no fault if it does not come. */
  waitFor: (condition: () => Promise<boolean>) => Promise<void>;
  /** Reports something worth knowing that is no fault. */
  note: (text: string) => void;
};

export type Observation = Pick<ProbeResult, 'outcome' | 'reason' | 'steps' | 'notes'> & {
  /** Whether the program has not done in time what it must. */
  isLate: boolean;
};

export type ObserveOptions = {
  /** How long the program has for what it must do, in milliseconds. */
  patienceMs: () => number;
  /** How many steps are kept; later actions are left out. By default, all. */
  maxSteps?: number;
  /** Whether an unexpected error may come from a busy machine, as a request without a response does; by default, any may. */
  mayBeLate?: (error: unknown) => boolean;
};

/** Runs a probe and keeps what it reports. An unexpected error is a failure too: a right program causes none. */
export async function observe(
  { patienceMs, maxSteps = Number.POSITIVE_INFINITY, mayBeLate = () => true }: ObserveOptions,
  run: (observer: Observer) => Promise<void>,
): Promise<Observation> {
  const steps: Step[] = [];
  const notes: string[] = [];
  const add = (step: Step) => {
    if (steps.length < maxSteps) steps.push(step);
  };
  const finish = (outcome: ProbeResult['outcome'], reason?: string, isLate = false): Observation => ({
    outcome,
    isLate,
    steps,
    notes,
    ...(reason === undefined ? {} : { reason: String(quote(reason)) }),
  });
  const check = (condition: boolean, expectation: string, value?: unknown, isLate = false) => {
    const actual = quote(value);
    if (condition) {
      steps.push({ kind: 'passed', text: expectation });
      return;
    }
    steps.push({ kind: 'failed', text: expectation, result: actual });
    throw new ProbeFailure(describeFailure(expectation, actual), isLate);
  };
  try {
    await run({
      step: (text, result) => add({ kind: 'action', text, result: quote(result) }),
      begin(text) {
        const step: Step = { kind: 'action', text };
        add(step);
        return (result) => {
          step.result = quote(result);
        };
      },
      check: (condition, expectation, actual) => check(condition, expectation, actual),
      fail(text) {
        steps.push({ kind: 'failed', text });
        throw new ProbeFailure(text);
      },
      async soon(condition, expectation, actual) {
        const holds = await eventually(condition, patienceMs());
        check(holds, expectation, actual?.(), true);
      },
      waitFor: async (condition) => void (await eventually(condition, patienceMs())),
      note: (text) => void notes.push(text),
    });
    return finish('passed');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof NotJudged) return finish('not judged', reason);
    if (error instanceof ProbeFailure) return finish('failed', reason, error.isLate);
    steps.push({ kind: 'failed', text: reason });
    return finish('failed', reason, mayBeLate(error));
  }
}

function describeFailure(expectation: string, actual: unknown): string {
  const seen = typeof actual === 'string' ? actual : JSON.stringify(actual);
  return `expected: ${expectation}${seen === undefined ? '' : `; got ${seen}`}`;
}
