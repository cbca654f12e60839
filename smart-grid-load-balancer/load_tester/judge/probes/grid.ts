import { accountsOf } from '../rules/accounts.ts';
import { findDoubleCharges, formatDoubleCharges } from '../rules/double-charges.ts';
import { BURST_TIMEOUT_MS } from '../system/charges.ts';
import type { GridBench } from '../system/grid-bench.ts';
import type { Probe, ProbeRun } from './probe.ts';

/** The amounts of the load tester's vehicles that fit into an empty substation, in kW. */
const AMOUNTS = [7, 11, 22, 50, 100] as const;

/** More than three substations of 100 kW can charge. */
const VEHICLES = 40;

/** 30 s, in milliseconds: an answer may come after several repetitions. */
const REQUEST_TIMEOUT_MS = 30_000;

export const rush: Probe = {
  property: 'accounting',
  role: 'grid',
  summary: 'forty vehicles come at once to substations of 100 kW each',
  why: 'What drivers are told must be what the substations do. A vehicle that was accepted without a session waits in vain, and one that was refused but charges takes capacity that nobody knows of.',
  async run(run) {
    const grid = await run.grid();
    const { accepted, vehicles } = await sendRush(run, grid);
    run.check(accepted.size > 0, 'some are accepted', accepted.size);
    const sessions = await grid.sessions();
    run.step('GET /status of each substation', describeSessions(grid, sessions));
    const charging = new Set(sessions.map(({ vehicle }) => vehicle));
    const missing = [...accepted].filter((vehicle) => !charging.has(vehicle));
    run.check(missing.length === 0, 'each accepted vehicle has a session', `none for ${missing.join(', ')}`);
    const uncounted = vehicles.filter((vehicle) => charging.has(vehicle) && !accepted.has(vehicle));
    run.check(uncounted.length === 0, 'no other vehicle has one', `one for ${uncounted.join(', ')}`);
    const doubles = findDoubleCharges(sessions);
    run.check(doubles.length === 0, 'no vehicle has two', formatDoubleCharges(doubles));
  },
};

export const fullGridStatus: Probe = {
  property: 'capacity 503',
  role: 'grid',
  summary: 'more vehicles come at once than the grid has capacity for',
  why: 'A full grid is no fault of any service: every refused driver gets a 503. A 500 is counted as a failure, by the load tester too.',
  async run(run) {
    const grid = await run.grid();
    const { accounts } = await sendRush(run, grid);
    run.check(accounts.refused > 0, 'some are refused with a 503', accounts.refused);
    run.check(accounts.others.length === 0, 'no charge gets another status', accounts.others.slice(0, 5));
  },
};

export const lossyRush: Probe = {
  property: 'double charge',
  role: 'grid',
  summary: 'vehicles come one after another, and every second answer of a substation gets lost',
  why: 'The substation has accepted, but the balancer does not know. If it then asks another substation, or the same one under another id, the vehicle charges twice and takes twice the capacity.',
  async run(run) {
    const grid = await run.grid();
    for (const link of grid.links) {
      let answers = 0;
      link.losesAnswer = () => answers++ % 2 === 1;
    }
    for (let vehicle = 1; vehicle <= 8; vehicle++)
      await run.tryAsk(grid.client, { vehicle_id: `EV_${vehicle}`, charge_amount: 11 }, REQUEST_TIMEOUT_MS);
    const lost = grid.links.reduce((sum, link) => sum + link.lost, 0);
    const sessions = await grid.sessions();
    run.step(`${lost} answers got lost; GET /status of each substation`, describeSessions(grid, sessions));
    const doubles = findDoubleCharges(sessions);
    run.check(doubles.length === 0, 'no vehicle has two sessions', formatDoubleCharges(doubles));
  },
};

async function sendRush({ step }: ProbeRun, { client }: GridBench) {
  const charges = Array.from({ length: VEHICLES }, (_, index) => ({
    vehicle_id: `EV_${index}`,
    charge_amount: AMOUNTS[index % AMOUNTS.length] ?? 7,
  }));
  const responses = await Promise.all(charges.map((charge) => client.charge(charge, BURST_TIMEOUT_MS)));
  const accounts = accountsOf(charges, responses);
  const others = accounts.others.length === 0 ? '' : `, ${accounts.others.length} × ${accounts.others[0]}`;
  step(
    `${VEHICLES} concurrent POST ${client.chargePath} of ${AMOUNTS.join(', ')} kW`,
    `${accounts.accepted} × 200, ${accounts.refused} × 503${others}`,
  );
  const vehicles = charges.map(({ vehicle_id }) => vehicle_id);
  const accepted = new Set(vehicles.filter((_, index) => responses[index]?.status === 200));
  return { accounts, accepted, vehicles };
}

function describeSessions(
  { substations }: GridBench,
  sessions: readonly { substation: string; kw: number }[],
): string {
  return substations
    .map(({ id }) => {
      const own = sessions.filter(({ substation }) => substation === id);
      return `${id} ${own.length} sessions, ${own.reduce((sum, { kw }) => sum + kw, 0)} kW`;
    })
    .join('; ');
}
