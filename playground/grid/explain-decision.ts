import type { Decision } from './decision-recorder.ts';
import type { Contender } from './grid-scenario.ts';

/** What each policy looks at when it chooses among the substations where the request fits. */
const reasons: Record<Contender, string> = {
  'least-load': 'the lowest load, as the balancer believes',
  'least-utilization': 'the lowest share of its capacity in use, as the balancer believes',
  'best-fit': 'the least room left over, as the balancer believes',
  'power-of-two': 'the less loaded of two drawn at random',
  'round-robin': 'the next in turn',
  random: 'drawn at random',
  original: 'the lowest load at the last poll, and nobody else is asked',
};

/** Explains in a sentence or two whom the balancer asked, why, and what came of it. */
export function explainDecision({ asked, request, beliefs }: Decision, policy: Contender): string {
  const [first, ...others] = asked;
  if (first === undefined)
    return `Nobody is asked: the balancer knows that ${request.charge_amount} kW fit at no substation.`;
  const belief = beliefs.find(({ id }) => id === first.id);
  const seemsFull = belief !== undefined && belief.capacity - belief.load < request.charge_amount;
  const why =
    policy !== 'original' && seemsFull
      ? 'none seems to have room, so the one with the oldest report is tried'
      : reasons[policy];
  const start = `${first.id} is asked first: ${why}.`;
  if (first.accepted) return `${start} It accepts.`;
  const end = others.find(({ accepted }) => accepted);
  if (end !== undefined) return `${start} It refuses; ${end.id} accepts.`;
  return others.length === 0
    ? `${start} It refuses, and the request is rejected.`
    : `${start} It refuses, and so ${others.length === 1 ? 'does' : 'do'} ${others.map(({ id }) => id).join(', ')}.`;
}
