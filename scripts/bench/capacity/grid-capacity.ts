import { formatTable } from '../compare/format-table.ts';
import type { Measured } from './measured.ts';
import { PLANNED_SHARE } from './planned-share.ts';

const SERVICES = ['charge_request_service', 'load_balancer', 'substation_service'];

/** Substations of one balancer. */
const SIZES = [10, 100, 1_000, 3_000];

/** What the grid needs, from measured costs. */
export function gridCapacity(measured: Measured): string {
  /** In seconds, which are as many milliseconds per thousand. */
  const charge = (service: string) =>
    measured.cell('service-costs', service, 'CPU s per 1,000 requests') / 1_000;
  const idleMb = (service: string) =>
    measured.cell('service-costs', service, 'resident MB, idle, from the bundle');
  const poll =
    measured.cell('polls', 'share of a core, idle', 'polls each second') /
    measured.cell('polls', 'polls per second, idle', 'polls each second');
  const { share, percent } = PLANNED_SHARE;
  return `Each service uses one core at most. Several entries and balancers may run beside each other; a substation is one process.

${formatTable(
  ['service', 'µs of a core per charge', `charges/s with ${percent} % of a core`, 'MB, idle'],
  SERVICES.map((service) => [service, charge(service) * 1e6, share / charge(service), idleMb(service)]),
)}

A balancer asks every substation for its load once per \`POLL_INTERVAL_MS\`, which costs it ${Math.round(poll * 1e6)} µs each: a core has
time for ${Math.round(1 / poll).toLocaleString('en-US')} polls per second. What remains of the ${percent} % with an interval of 1 s (longer intervals cost in proportion less):

${formatTable(
  ['substations', 'share of a core for polls', 'charges/s that remain', 'µs to choose one, at most'],
  SIZES.map((size) => {
    const polls = size * poll;
    const choice = chosenIn(measured, size);
    const remaining = Math.max(0, share - polls) / charge('load_balancer');
    return [size, polls, remaining, choice];
  }),
)}

The sum of the substations' \`MAX_CAPACITY\` has to carry charges/s × kW per charge × seconds per session
(\`CHARGE_PROCESSING_TIME\`), and somewhat more, because a charge needs a substation that has room for all of it.
`;
}

/** Returns the µs of a choice in the smallest measured grid that is as large. */
function chosenIn(measured: Measured, size: number): number {
  const sizes = measured.labels('choice');
  const next = sizes.find((candidate) => candidate >= size) ?? sizes.at(-1) ?? 0;
  return measured.cell('choice', next, 'ns per request, by the index') / 1_000;
}
