import { NotJudged } from '@gridclock/judge-kit';
import { accountsOf, isClose } from '../rules/accounts.ts';
import { findHerd } from '../rules/herd.ts';
import { BURST_TIMEOUT_MS } from '../system/charges.ts';
import { formatResponse, type GridClient } from '../system/grid-client.ts';
import type { RunningGrid } from '../system/running-grid.ts';
import { sendBadCharges } from './bad-input.ts';
import type { Probe } from './probe.ts';
import { whys } from './whys.ts';

/** 30 s, in milliseconds: as long as the slowest entry waits. */
const REQUEST_TIMEOUT_MS = 30_000;

/** Vehicles of a burst between two polls. */
const BURST = 12;

/** More than a small grid can charge: 60 vehicles of 100 kW. */
const RUSH = 60;

export const runningMetrics: Probe = {
  property: 'metrics',
  role: 'running',
  summary: 'the metrics and the status of each substation are read',
  why: whys.metrics,
  async run({ running: { substations }, check, step, waitFor }) {
    if (substations.length === 0) throw new NotJudged('not judged without --substation-urls');
    for (const client of substations) {
      let gauges = await client.gauges();
      let { body } = await client.get('/status');
      const isSame = () => isClose(gauges.load ?? Number.NaN, Object(body).current_load);
      // Sessions may have started or ended in between.
      await waitFor(async () => {
        gauges = await client.gauges();
        body = (await client.get('/status')).body;
        return isSame();
      });
      step(`GET /metrics and /status at ${client.url}`, {
        ...gauges,
        current_load: Object(body).current_load,
      });
      check(isSame(), 'both show the same load', gauges.load);
      const { capacity, load = 0 } = gauges;
      check(capacity !== undefined && load <= capacity + 0.01, 'which is not above the capacity', capacity);
    }
  },
};

export const runningBadInput: Probe = {
  property: 'bad input',
  role: 'running',
  summary: 'each service gets requests that mean nothing',
  why: whys.badInput,
  async run({ running: { services }, check, step }) {
    for (const { client, name } of services) {
      step(`POST ${client.chargePath} at ${name}`);
      await sendBadCharges(check, client);
    }
  },
};

export const runningHerd: Probe = {
  property: 'herd',
  role: 'running',
  summary: 'twelve vehicles of 1 kW come at once',
  why: whys.herd,
  async run(run) {
    const front = frontOf(run.running);
    if (run.running.substations.length < 2) throw new NotJudged('not judged without two --substation-urls');
    const vehicles = Array.from({ length: BURST }, (_, index) => `EV_judge_${index}`);
    const gauges = await Promise.all(run.running.substations.map((client) => client.gauges()));
    const loads = gauges.map(({ load = Number.NaN }) => load);
    run.step('GET /metrics of each substation', loads);
    // Otherwise one of them is rightly preferred.
    if (!(Math.max(...loads) - Math.min(...loads) < BURST / 2))
      throw new NotJudged('the substations differ too much in their loads; judge the grid when it is idle');
    const responses = await Promise.all(
      vehicles.map((vehicle_id) => run.ask(front, { vehicle_id, charge_amount: 1 }, REQUEST_TIMEOUT_MS)),
    );
    const burst = responses.flatMap(({ status, body }) =>
      status === 200 ? [{ substation: String(Object(body).substation_id), polls: 0 }] : [],
    );
    const finding = findHerd(burst);
    if (finding.kind === 'unclear')
      throw new NotJudged('too few charges were accepted; judge the grid when it is idle');
    const actual = finding.kind === 'herd' ? `all ${finding.count} at ${finding.substation}` : undefined;
    run.check(finding.kind === 'spread', 'they are spread over more than one substation', actual);
  },
};

export const runningRepeat: Probe = {
  property: 'double charge',
  role: 'running',
  summary: 'a charge is repeated with its request_id',
  why: whys.doubleCharge,
  async run(run) {
    const front = frontOf(run.running);
    const id = `judge-${run.unique()}`;
    const charge = { vehicle_id: `EV_${id}`, charge_amount: 1, request_id: id };
    const responses = [await run.ask(front, charge), await run.ask(front, charge)];
    if (responses.some(({ status }) => status !== 200))
      throw new NotJudged(`the grid does not accept 1 kW twice: ${responses.map(formatResponse).join('; ')}`);
    const ids = new Set(responses.map(({ body }) => Object(body).session_id));
    run.check(ids.size === 1, 'both answers name the same session', [...ids]);
  },
};

export const runningRush: Probe = {
  property: 'capacity 503',
  role: 'running',
  summary: 'more vehicles come at once than the grid has capacity for',
  why: whys.fullGrid,
  async run(run) {
    const front = frontOf(run.running);
    const id = run.unique();
    const charges = Array.from({ length: RUSH }, (_, index) => ({
      vehicle_id: `EV_judge_${id}_${index}`,
      charge_amount: index < RUSH / 2 ? 100 : 22,
    }));
    const responses = await Promise.all(charges.map((charge) => front.charge(charge, BURST_TIMEOUT_MS)));
    const { accepted, refused, others } = accountsOf(charges, responses);
    run.step(`${RUSH} concurrent POST ${front.chargePath}`, `${accepted} × 200, ${refused} × 503`);
    const broken = others.filter((status) => status >= 500);
    run.check(broken.length === 0, 'no charge gets a 5xx other than 503', broken.slice(0, 5));
    if (refused === 0) run.note(`the grid had room for all ${RUSH} vehicles, so that no refusal was seen`);
  },
};

function frontOf({ front }: RunningGrid): GridClient {
  if (front === undefined) throw new NotJudged('not judged without --balancer-url or --entry-url');
  return front;
}
