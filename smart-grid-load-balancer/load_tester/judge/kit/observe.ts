import { eventually } from '@gridclock/judge-kit';
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
  check: (condition: boolean, expectation: string, ...actual: [] | [actual: unknown]) => void;
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

/** A run of more steps explains nothing. Later actions are left out. */
const MAX_STEPS = 100;

/** Runs a probe and keeps what it reports. An unexpected error is a failure too: a right program causes none. */
export async function observe(
  patienceMs: () => number,
  run: (observer: Observer) => Promise<void>,
): Promise<Observation> {
  const steps: Step[] = [];
  const notes: string[] = [];
  const add = (step: Step) => {
    if (steps.length < MAX_STEPS) steps.push(step);
  };
  const finish = (outcome: ProbeResult['outcome'], reason?: string, isLate = false): Observation => ({
    outcome,
    isLate,
    steps,
    notes,
    ...(reason === undefined ? {} : { reason }),
  });
  const check = (condition: boolean, expectation: string, actual?: unknown, isLate = false) => {
    if (condition) {
      steps.push({ kind: 'passed', text: expectation });
      return;
    }
    steps.push({ kind: 'failed', text: expectation, result: actual });
    throw new ProbeFailure(describeFailure(expectation, actual), isLate);
  };
  try {
    await run({
      step: (text, result) => add({ kind: 'action', text, result }),
      begin(text) {
        const step: Step = { kind: 'action', text };
        add(step);
        return (result) => {
          step.result = result;
        };
      },
      check: (condition, expectation, ...seen) =>
        check(condition, expectation, seen.length === 1 ? (seen[0] ?? 'nothing') : undefined),
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
    // A request without a response: the machine may have been busy.
    return finish('failed', reason, true);
  }
}

function describeFailure(expectation: string, actual: unknown): string {
  const seen = typeof actual === 'string' ? actual : JSON.stringify(actual);
  return `expected: ${expectation}${seen === undefined ? '' : `; got ${seen}`}`;
}
