import type { Router } from '../../smart-grid-load-balancer/simulation/router.ts';
import type { SubstationReport } from '../../smart-grid-load-balancer/simulation/substation.ts';
import type { PlannedRequest } from '../../smart-grid-load-balancer/simulation/traffic.ts';

/** What the balancer believes of a substation. Powers in kW. */
export type Belief = { id: string; load: number; capacity: number };

/** One request: what the balancer believed, whom it asked, and who accepted. */
export type Decision = {
  request: PlannedRequest;
  beliefs: readonly Belief[];
  asked: { id: string; accepted: boolean | undefined }[];
};

/** Records the decisions of a router, without changing them. */
export class DecisionRecorder {
  readonly decisions: Decision[] = [];
  readonly #byRequest: ReadonlyMap<unknown, PlannedRequest>;
  readonly #polls = new Map<string, SubstationReport>();
  #asking: Decision | undefined;

  constructor(traffic: readonly PlannedRequest[]) {
    this.#byRequest = new Map(traffic.map((request) => [request, request]));
  }

  /** Returns a router that behaves as the given one. */
  around(router: Router, ids: readonly string[]): Router {
    for (const id of ids) this.#polls.set(id, { load: 0, capacity: 0 });
    return {
      ...router,
      recordPoll: (id, report, startedAt, now) => {
        this.#polls.set(id, report);
        router.recordPoll(id, report, startedAt, now);
      },
      candidates: (request, now) => {
        const planned = this.#byRequest.get(request);
        const beliefs = router.believed?.(request.priority, now) ?? this.#lastPolls();
        const candidates = router.candidates(request, now);
        if (planned === undefined) return candidates;
        const decision: Decision = {
          request: planned,
          beliefs: beliefs.map(({ id, load, capacity }) => ({ id, load, capacity })),
          asked: [],
        };
        this.decisions.push(decision);
        return this.#watched(candidates, decision);
      },
      recordDispatch: (id, kw, sentAt) => {
        const recordResponse = router.recordDispatch(id, kw, sentAt);
        const asked: Decision['asked'][number] = { id, accepted: undefined };
        this.#asking?.asked.push(asked);
        return (accepted, report, now) => {
          asked.accepted = accepted;
          recordResponse(accepted, report, now);
        };
      },
    };
  }

  /** The simulation sends a request right after it has drawn a candidate, so the latest draw says whose it is. */
  #watched(
    candidates: Iterator<string, void, undefined>,
    decision: Decision,
  ): Iterator<string, void, undefined> {
    return {
      next: () => {
        this.#asking = decision;
        return candidates.next();
      },
    };
  }

  #lastPolls(): Belief[] {
    return [...this.#polls].map(([id, report]) => ({ id, ...report }));
  }
}
