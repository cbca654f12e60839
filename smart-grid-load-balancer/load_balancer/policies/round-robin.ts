import { at, type Candidate, type Policy } from './policy.ts';

/** Each in turn, by id; those without room are passed over. */
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
