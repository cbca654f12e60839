import type { Candidate } from '../fleet/candidate.ts';
import { at, type Policy } from './policy.ts';

/** Takes turns in the order of the ids, skipping substations where the request does not fit. */
export const roundRobin = (): Policy => {
  let last = '';
  return (fitting) => {
    let first = at(fitting, 0);
    let next: Candidate | undefined;
    for (const candidate of fitting) {
      if (candidate.id < first.id) first = candidate;
      if (candidate.id > last && (next === undefined || candidate.id < next.id)) next = candidate;
    }
    const chosen = next ?? first;
    last = chosen.id;
    return chosen;
  };
};
