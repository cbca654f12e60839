import type { Decision } from './decision-recorder.ts';
import type { Contender } from './grid-scenario.ts';

/** What each policy looks at when it chooses among the substations where the request fits. */
const reasons: Record<Contender, string> = {
  'least-load': 'where the request fits, it has the lowest load, as the balancer believes',
  'least-utilization':
    'where the request fits, it uses the lowest share of its capacity, as the balancer believes',
  'best-fit': 'where the request fits, it has the least room, as the balancer believes',
  'power-of-two': 'where the request fits, two are drawn at random, and it has the lower load',
  'round-robin': 'where the request fits, it is the next in turn',
  random: 'where the request fits, it is drawn at random',
  original: 'it had the lowest load at the last poll, and nobody else is asked',
};

/**
 * Explains in a few sentences whom the balancer asked, why, and what came of it.
 *
 * @param withRoom the substations where the request would have fitted
 */
export function explainDecision(decision: Decision, policy: Contender, withRoom: readonly string[]): string {
  const story = explainOrder(decision, policy);
  if (decision.asked.some(({ accepted }) => accepted)) return story;
  return withRoom.length === 0
    ? `${story} No substation has room for it.`
    : `${story} ${withRoom.map(nameOf).join(' and ')} would have had room.`;
}

function explainOrder({ asked, request, beliefs }: Decision, policy: Contender): string {
  const [first, ...others] = asked;
  if (first === undefined)
    return `Nobody is asked: the balancer knows that ${request.charge_amount} kW fit at no substation.`;
  const belief = beliefs.find(({ id }) => id === first.id);
  const seemsFull = belief !== undefined && belief.capacity - belief.load < request.charge_amount;
  const why =
    policy !== 'original' && seemsFull
      ? 'none seems to have room, so the one with the oldest report is tried'
      : reasons[policy];
  const start = `${nameOf(first.id)} is asked first: ${why}.`;
  if (first.accepted) return `${start} It accepts.`;
  const end = others.find(({ accepted }) => accepted);
  if (end !== undefined) return `${start} It refuses; ${nameOf(end.id)} accepts.`;
  return others.length === 0
    ? `${start} It refuses, and the request is rejected.`
    : `${start} It refuses, and so ${others.length === 1 ? 'does' : 'do'} ${others.map(({ id }) => nameOf(id)).join(', ')}.`;
}

/** Names a substation as the bars do. */
export function nameOf(id: string): string {
  return id.replace('substation_', 'Substation ');
}
