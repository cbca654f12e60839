import type { Violation } from '../history/verdict.ts';
import type { Step } from '../scenarios/run-scenarios.ts';
import { NotJudged, ProbeFailure, type ProbeRun } from './probes/probe.ts';
import type { ProbeResult } from './verdict.ts';

/** With what a probe reports. */
export type Observer = Pick<ProbeRun, 'step' | 'check' | 'note'> & {
  violated: (violation: Violation) => void;
};

export type Observation = Pick<ProbeResult, 'outcome' | 'reason' | 'steps' | 'notes' | 'violation'>;

/** Runs a probe and keeps what it reports. An unexpected error is a failure too: a right node causes none. */
export async function observe(run: (observer: Observer) => Promise<void>): Promise<Observation> {
  const steps: Step[] = [];
  const notes: string[] = [];
  let violation: Violation | undefined;
  const finish = (outcome: ProbeResult['outcome'], reason?: string): Observation => ({
    outcome,
    steps,
    notes,
    ...(reason === undefined ? {} : { reason }),
    ...(violation === undefined ? {} : { violation }),
  });
  try {
    await run({
      step: (text, result) => void steps.push({ kind: 'action', text, result }),
      check(condition, expectation, actual) {
        if (condition) {
          steps.push({ kind: 'passed', text: expectation });
          return;
        }
        steps.push({ kind: 'failed', text: expectation, result: actual });
        throw new ProbeFailure(describeFailure(expectation, actual));
      },
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
    if (!(error instanceof ProbeFailure)) steps.push({ kind: 'failed', text: reason });
    return finish('failed', reason);
  }
}

function describeFailure(expectation: string, actual: unknown): string {
  const seen = typeof actual === 'string' ? actual : JSON.stringify(actual);
  return `expected: ${expectation}${seen === undefined ? '' : `; got ${seen}`}`;
}
