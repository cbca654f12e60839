import type { ConsideredSubstation, Decision } from '@gridclock/grid-protocol/live';
import { kilowatts } from './model.ts';

/** The outcomes in words. Those that are missing here show as they are. */
export const outcomeWords: Readonly<Record<string, string>> = {
  accepted: 'accepted',
  full: 'grid full',
  'capacity-unknown': 'capacity unknown',
  'too-large': 'too large for the grid',
  unavailable: 'no substation available',
  expired: 'out of time',
  withdrawn: 'client left',
  unknown: 'outcome unknown',
  interrupted: 'interrupted',
  unstorable: 'disk failed',
  invalid: 'invalid',
};

const rejections: Readonly<Record<string, string>> = {
  'capacity-unknown': 'Those that answered are full; others do not answer, and may have room.',
  'too-large': 'No substation is that large, even when empty.',
  unavailable: 'No substation answered.',
  expired: 'The client’s time was over before a substation accepted.',
  withdrawn: 'The client left, so the request was given up.',
  unknown: 'A substation that does not answer may have accepted; only it can say.',
  interrupted: 'Its substation lost its memory.',
  unstorable: 'The balancer could not store whom it asks.',
  invalid: 'The request breaks a rule.',
};

const free = ({ capacity, load }: ConsideredSubstation) => capacity - load;

/** Says in one sentence why a request went where it did. */
export function explain(decision: Decision): string {
  const { asked, candidates, outcome, substation } = decision;
  if (outcome !== 'accepted' || substation === undefined) return rejection(decision);
  const refused = asked.filter((id) => id !== substation);
  if (refused.length > 0) return `Refused by ${refused.join(', ')}; then ${substation} accepted.`;
  const chosen = candidates.find(({ id }) => id === substation);
  if (chosen === undefined) return `${substation} has this request.`;
  const fitting = candidates.filter(({ fits }) => fits);
  if (!chosen.fits) return `By the view it fits nowhere, but a session at ${substation} had just ended.`;
  if (fitting.length === 1) return `The only substation where ${kilowatts(decision.amount)} fit.`;
  return choice(decision, chosen, fitting);
}

function choice({ policy }: Decision, chosen: ConsideredSubstation, fitting: ConsideredSubstation[]): string {
  const isLowest = (cost: (substation: ConsideredSubstation) => number) =>
    fitting.every((other) => cost(other) >= cost(chosen));
  const utilization = ({ capacity, load }: ConsideredSubstation) => load / capacity;
  const among = `of the ${fitting.length} where it fits`;
  if (policy === 'least-load' && isLowest(({ load }) => load))
    return `Lowest load ${among}: ${kilowatts(chosen.load)}.`;
  if (policy === 'least-utilization' && isLowest(utilization))
    return `Least utilized ${among}: ${Math.round(utilization(chosen) * 100)} %.`;
  if (policy === 'best-fit' && isLowest(free))
    return `Smallest sufficient gap ${among}: ${kilowatts(free(chosen))}.`;
  if (policy === 'power-of-two') return `The less loaded of two drawn at random, ${among}.`;
  if (policy === 'round-robin') return `Its turn, ${among}.`;
  if (policy === 'random') return `Drawn at random, ${among}.`;
  return `Chosen by ${policy}, ${among}.`;
}

function rejection({ candidates, outcome }: Decision): string {
  if (outcome !== 'full') return rejections[outcome] ?? 'Not placed.';
  const [first, ...others] = candidates;
  if (first === undefined) return 'It fits nowhere.';
  const roomiest = others.reduce((best, next) => (free(next) > free(best) ? next : best), first);
  return `It fits nowhere: ${roomiest.id} has most room, ${kilowatts(Math.max(0, free(roomiest)))}.`;
}
