import { eventually } from '@gridclock/judge-kit';
import type { Violation } from '../history/verdict.ts';
import type { Step } from '../scenarios/run-scenarios.ts';
import { NotJudged, ProbeFailure, type ProbeRun } from './probes/probe.ts';
import { UnexpectedResponse } from './system/contract-client.ts';
import type { ProbeResult } from './verdict.ts';

/** With what a probe reports. */
export type Observer = Pick<ProbeRun, 'step' | 'check' | 'soon' | 'waitFor' | 'note'> & {
  violated: (violation: Violation) => void;
};

export type Observation = Pick<ProbeResult, 'outcome' | 'reason' | 'steps' | 'notes' | 'violation'> & {
  /** Whether the node has not done in time what it must. */
  isLate: boolean;
};

/** Runs a probe and keeps what it reports. An unexpected error is a failure too: a right node causes none. */
export async function observe(
  patienceMs: () => number,
  run: (observer: Observer) => Promise<void>,
): Promise<Observation> {
  const steps: Step[] = [];
  const notes: string[] = [];
  let violation: Violation | undefined;
  const finish = (outcome: ProbeResult['outcome'], reason?: string, isLate = false): Observation => ({
    outcome,
    isLate,
    steps,
    notes,
    ...(reason === undefined ? {} : { reason }),
    ...(violation === undefined ? {} : { violation }),
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
      step: (text, result) => void steps.push({ kind: 'action', text, result }),
      check: (condition, expectation, actual) => check(condition, expectation, actual),
      async soon(condition, expectation, actual) {
        const holds = await eventually(condition, patienceMs());
        check(holds, expectation, actual?.(), true);
      },
      waitFor: async (condition) => void (await eventually(condition, patienceMs())),
      note: (text) => void notes.push(text),
      violated(found) {
        violation = found;
        const text = `${found.pattern}: ${found.explanation}`;
        steps.push({ kind: 'failed', text });
        throw new ProbeFailure(text);
      },
    });
    return finish('passed');
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    if (error instanceof NotJudged) return finish('not judged', reason);
    if (error instanceof ProbeFailure) return finish('failed', reason, error.isLate);
    steps.push({ kind: 'failed', text: reason });
    // A request without a response: the machine may have been busy.
    return finish('failed', reason, !(error instanceof UnexpectedResponse));
  }
}

function describeFailure(expectation: string, actual: unknown): string {
  const seen = typeof actual === 'string' ? actual : JSON.stringify(actual);
  return `expected: ${expectation}${seen === undefined ? '' : `; got ${seen}`}`;
}
