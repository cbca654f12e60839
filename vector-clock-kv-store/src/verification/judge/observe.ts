import { type Observation, type Observer, observe } from '@gridclock/judge-kit';
import type { Violation } from '../history/verdict.ts';
import { UnexpectedResponse } from './system/contract-client.ts';

/** With what a probe of the store reports. */
export type NodeObserver = Observer & {
  /** Reports the pattern that the recorded history contains. @throws ProbeFailure */
  violated: (violation: Violation) => never;
};

export type NodeObservation = Observation & { violation?: Violation };

/** Runs a probe and keeps what it reports, with the pattern that it finds. */
export async function observeNodes(
  patienceMs: () => number,
  run: (observer: NodeObserver) => Promise<void>,
): Promise<NodeObservation> {
  let violation: Violation | undefined;
  const mayBeLate = (error: unknown) => !(error instanceof UnexpectedResponse);
  const observation = await observe({ patienceMs, mayBeLate }, (observer) =>
    run({
      ...observer,
      violated(found) {
        violation = found;
        return observer.fail(`${found.pattern}: ${found.explanation}`);
      },
    }),
  );
  return violation === undefined ? observation : { ...observation, violation };
}
