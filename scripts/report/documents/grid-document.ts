import { stripVTControlCharacters } from 'node:util';
import { summarize } from '../../../smart-grid-load-balancer/load_tester/assessment/summary.ts';
import { formatRequest } from '../../../smart-grid-load-balancer/load_tester/report.ts';
import { CHARGE_AMOUNTS_KW } from '../../../smart-grid-load-balancer/workload/arrivals.ts';
import { fairnessOf } from '../evidence/fairness.ts';
import { latencyChart, loadChart, loadInUseChart, substationCharts } from '../figures/grid-charts.ts';
import { panelFigure } from '../figures/panel-chart.ts';
import { readListing } from '../listing.ts';
import type { GridRun } from '../run-data.ts';
import { count, duration, kilowatts, percent } from './format.ts';
import { metaOf, panelSource } from './meta.ts';

const balancer = 'smart-grid-load-balancer/load_balancer';

/** The declarations that the report quotes. */
const listings = {
  estimate: [`${balancer}/fleet/load-estimate.ts`, 'reported'],
  leastLoad: [`${balancer}/policies/least-load.ts`, 'leastLoad'],
  bestFit: [`${balancer}/policies/best-fit.ts`, 'bestFit'],
  powerOfTwo: [`${balancer}/policies/power-of-two.ts`, 'powerOfTwo'],
  order: [`${balancer}/routing/routing-order.ts`, 'routingOrder'],
  admit: ['smart-grid-load-balancer/substation_service/substation.ts', 'admit'],
} as const;

/** Lines of the load tester's log that the report shows. */
const LOG_LINES = 14;

/** What the template of the grid's report reads: texts, and figures with their positions. */
export async function gridDocument(data: GridRun): Promise<object> {
  const { boundKw, capacities, panels, plan, policy, reconciliation, run } = data;
  const summary = summarize(run, capacities);
  const { accepted, acceptedKw, failed, latency, rejected, requestedKw, tooLarge, total } = summary;
  const gridKw = Object.values(capacities).reduce((sum, kw) => sum + kw, 0);
  const fairness = fairnessOf(data);
  const shareOf = (requests: number) => percent(total === 0 ? 0 : requests / total, 1);
  return {
    meta: metaOf(data.origin),
    plan,
    policy,
    amounts: `${CHARGE_AMOUNTS_KW.slice(0, -1).join(', ')} or ${CHARGE_AMOUNTS_KW.at(-1)}`,
    passed: data.passed,
    seconds: count(run.durationMs / 1_000),
    gridKw: kilowatts(gridKw),
    largest: kilowatts(Math.max(...Object.values(capacities))),
    total: count(total),
    rate: summary.requestsPerSecond.toFixed(1),
    requestedKw: kilowatts(requestedKw),
    acceptedKw: kilowatts(acceptedKw),
    outcomes: [
      {
        name: 'accepted',
        meaning: 'a substation charges the vehicle',
        count: count(accepted),
        share: shareOf(accepted),
      },
      {
        name: 'grid full',
        meaning: '503: every substation refused; a retry may succeed',
        count: count(rejected - tooLarge),
        share: shareOf(rejected - tooLarge),
      },
      {
        name: 'too large',
        meaning: '422: larger than every substation; a retry is useless',
        count: count(tooLarge),
        share: shareOf(tooLarge),
      },
      {
        name: 'failed',
        meaning: 'no definite response',
        count: count(failed),
        share: shareOf(failed),
      },
    ],
    accepted: count(accepted),
    failed: count(failed),
    bound: boundKw === undefined ? 'unknown' : kilowatts(boundKw),
    shareOfBound: boundKw === undefined ? 'unknown' : percent(acceptedKw / boundKw),
    latency:
      latency === undefined
        ? null
        : Object.fromEntries(Object.entries(latency).map(([name, ms]) => [name, duration(ms)])),
    sizes: CHARGE_AMOUNTS_KW.map((kw) =>
      acceptedOf(data, kilowatts(kw), ({ charge_amount }) => charge_amount === kw),
    ),
    priorities: (['high', 'normal', 'low'] as const).map((priority) =>
      acceptedOf(data, priority, (request) => request.priority === priority),
    ),
    fairness: {
      grid: percent(fairness.grid),
      jain: fairness.jain.toFixed(3),
      substations: Object.entries(fairness.utilisation)
        .toSorted(([left], [right]) => left.localeCompare(right, 'en', { numeric: true }))
        .map(([id, share]) => {
          const own = summary.substations.find((substation) => substation.id === id);
          return {
            id,
            capacity: kilowatts(capacities[id] ?? 0),
            highest: highestLoad(data, id),
            utilisation: percent(share),
            accepted: count(own?.accepted ?? 0),
            acceptedKw: kilowatts(own?.acceptedKw ?? 0),
          };
        }),
    },
    reconciliation:
      reconciliation === undefined
        ? null
        : {
            rows: reconciliation.substations.map(({ acknowledged, counted, id }) => ({
              id,
              acknowledged: count(acknowledged.accepted),
              counted: count(counted.accepted),
              acknowledgedKw: kilowatts(acknowledged.acceptedKw),
              countedKw: kilowatts(counted.acceptedKw),
            })),
            isExact: reconciliation.difference.accepted === 0 && reconciliation.unresolved === 0,
            difference: count(reconciliation.difference.accepted),
            unresolved: count(reconciliation.unresolved),
          },
    routing: routingOf(data.routing),
    log: logOf(data),
    charts: {
      load: loadChart(data),
      use: loadInUseChart(data),
      substations: substationCharts(data),
      latency: latencyChart(data),
    },
    panels: panels.panels.map((panel) => panelFigure(panel, panels.seconds)),
    panelSource: panelSource(panels),
    listings: Object.fromEntries(
      await Promise.all(
        Object.entries(listings).map(async ([name, [file, symbol]]) => [
          name,
          await readListing(file, symbol),
        ]),
      ),
    ),
  };
}

/** The highest load that a substation reported in its own metrics. */
function highestLoad({ panels }: GridRun, id: string): string {
  const loads = panels.panels.find(({ title }) => title === 'Load distribution over time');
  const points = loads?.series.find(({ name }) => name === id)?.points ?? [];
  return points.length === 0 ? 'unknown' : kilowatts(Math.max(...points.map(([, kw]) => kw)));
}

type Request = GridRun['run']['records'][number]['request'];

function acceptedOf({ run }: GridRun, name: string, belongs: (request: Request) => boolean) {
  const records = run.records.filter(({ request }) => belongs(request));
  const accepted = records.filter(({ outcome }) => outcome.kind === 'accepted').length;
  const share = records.length === 0 ? 0 : accepted / records.length;
  return { name, total: count(records.length), accepted: count(accepted), share, text: percent(share) };
}

/** The simulated rush hours as a table: a row for each policy, a column for each traffic mix. */
function routingOf({ groups, runs, seed }: GridRun['routing']) {
  const shareOf = (group: GridRun['routing']['groups'][number], contender: string) =>
    group.find((one) => one.contender === contender)?.shareOfBound ?? 0;
  const gains = groups.map((group) => shareOf(group, 'best-fit') - shareOf(group, 'least-load'));
  return {
    seed: `${seed}`,
    runs: count(runs),
    mixes: groups.map(([first]) => first?.traffic ?? ''),
    rows: (groups[0] ?? []).map(({ contender }) => ({
      contender,
      shares: groups.map((group) => ({
        text: shareOf(group, contender).toFixed(3),
        isBest: shareOf(group, contender) === Math.max(...group.map((one) => one.shareOfBound)),
      })),
      hops: (groups.at(-1)?.find((one) => one.contender === contender)?.hopsPerRequest ?? 0).toFixed(2),
    })),
    original: groups.map((group) => shareOf(group, 'original').toFixed(2)),
    leastGain: percent(Math.min(...gains), 1),
    mostGain: percent(Math.max(...gains), 1),
  };
}

/** Lines of the load tester's log from the middle of the run, when the grid is full. */
function logOf({ run: { durationMs, records } }: GridRun): { kind: string; text: string }[] {
  const from = Math.max(
    0,
    records.findIndex(({ startedMs }) => startedMs >= durationMs / 3),
  );
  return records.slice(from, from + LOG_LINES).map((record) => ({
    kind: record.outcome.kind,
    text: stripVTControlCharacters(formatRequest(record)),
  }));
}
