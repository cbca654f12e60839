import { runClosedLoop } from '@gridclock/local-service';
import pWaitFor from 'p-wait-for';
import { CausalClient } from 'vector-clock-kv-store/causal-client';
import { z } from 'zod';
import type { Project } from '../docker/project.ts';
import { containersOf } from '../docker/wait-until-healthy.ts';
import type { Checks } from '../report/checks.ts';

/** Several times what a node or the grid has in progress at once on a desk machine. */
const CONNECTIONS = 600;

const DURATION_MS = 5_000;

/** 2 s: a probe needs a few turns of the event loop, of some milliseconds each; the rest is for a busy machine. */
const HEALTH_LIMIT_MS = 2_000;

/** 60 s: a session lasts up to 16 s. */
const EMPTY_TIMEOUT_MS = 60_000;

/** Sums of the same numbers in another order differ by rounding errors far below this, in kW. */
const ROUNDING_KW = 0.0005;

/** What is overloaded, and how. */
type Overload = {
  project: Project;
  /** The services that take part; none may restart. */
  services: readonly string[];
  /** The URLs of those that must stay alive. */
  origins: readonly string[];
  /** Where clients send, and what. */
  url: string;
  bodyOf: (index: number) => object;
  /** The statuses of refusals. */
  refusals: readonly number[];
  /** Sends an ordinary request afterwards; rejects if it fails. */
  works: () => Promise<unknown>;
};

/** Sends a node more than it can take, and checks that it works, is alive and recovers. */
export async function checkOverload(
  checks: Checks,
  { project, nodeUrls }: { project: Project; nodeUrls: readonly string[] },
): Promise<void> {
  const [url = ''] = nodeUrls;
  await checks.check('a node under overload works on, refuses the rest early, and recovers at once', () =>
    expectShedding({
      project,
      services: ['node1'],
      origins: [url],
      url: `${url}/put`,
      bodyOf: (index) => ({ key: `overload-${index % 1_000}`, value: index }),
      refusals: [503],
      works: () => new CausalClient({ nodes: nodeUrls }).put('after-overload', 1),
    }),
  );
}

/** Sends the grid's entry more than the grid can take, likewise. Returns when the substations are empty again. */
export async function checkGridOverload(
  checks: Checks,
  { project, balancerUrl, entryUrl }: { project: Project; balancerUrl: string; entryUrl: string },
): Promise<void> {
  // Tiny, so that the substations stay nearly empty.
  const charge = (index: number) => ({ vehicle_id: `EV_overload_${index}`, charge_amount: 0.001 });
  await checks.check('the grid under overload works on, refuses the rest early, and recovers at once', () =>
    expectShedding({
      project,
      services: ['charge_request_service', 'load_balancer', 'substation_1', 'substation_2', 'substation_3'],
      origins: [entryUrl, balancerUrl],
      url: `${entryUrl}/charge`,
      bodyOf: charge,
      // The entry also limits the rate of one client.
      refusals: [429, 503],
      works: () => expectCharge(entryUrl, charge(-1)),
    }),
  );
  const statusSchema = z.object({ substation_loads: z.record(z.string(), z.number()) });
  const isEmpty = async () => {
    const response = await fetch(`${balancerUrl}/status`);
    const { data } = statusSchema.safeParse(await response.json());
    return data !== undefined && Object.values(data.substation_loads).every((load) => load < ROUNDING_KW);
  };
  await pWaitFor(isEmpty, { interval: 500, timeout: EMPTY_TIMEOUT_MS });
}

async function expectCharge(entryUrl: string, charge: object): Promise<void> {
  const response = await fetch(`${entryUrl}/charge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(charge),
  });
  if (response.status !== 200) throw new Error(`a charge got ${response.status}: ${await response.text()}`);
}

/** @throws Error if a service restarted, was not alive all along, or answered something else than work or a refusal */
async function expectShedding(overload: Overload): Promise<string> {
  const { bodyOf, origins, project, refusals, services, url, works } = overload;
  const started = async () => (await containersOf(project, services)).map(({ startedAt }) => startedAt);
  const before = await started();
  const loading = new AbortController();
  const probing = Promise.all(origins.map((origin) => slowestHealth(origin, loading.signal)));
  const load = runClosedLoop({ urls: [url], bodyOf, connections: CONNECTIONS, durationMs: DURATION_MS });
  const [{ failed, goodput, statuses }, probed] = await Promise.all([
    load.finally(() => loading.abort()),
    probing,
  ]);
  const slowestMs = Math.max(...probed);
  const unexpected = [...statuses.keys()].filter((status) => status !== 200 && !refusals.includes(status));
  if (failed > 0 || unexpected.length > 0)
    throw new Error(`${failed} requests got no response; statuses: ${[...statuses.keys()].join(', ')}`);
  if (goodput === 0) throw new Error('no request succeeded');
  if (slowestMs > HEALTH_LIMIT_MS) throw new Error(`GET /health took ${slowestMs.toFixed(0)} ms`);
  await works();
  if (`${await started()}` !== `${before}`) throw new Error('a container restarted');
  const refused = refusals.reduce((sum, status) => sum + (statuses.get(status) ?? 0), 0);
  return `${goodput.toFixed(0)} accepted/s, ${refused} refused, /health within ${slowestMs.toFixed(0)} ms`;
}

/** Sends a service probes until the signal aborts. Resolves to the longest response time, in milliseconds. */
async function slowestHealth(origin: string, stop: AbortSignal): Promise<number> {
  let slowestMs = 0;
  while (!stop.aborted) {
    const startedAt = performance.now();
    const { status } = await fetch(`${origin}/health`);
    if (status !== 200) throw new Error(`GET /health responded ${status}`);
    slowestMs = Math.max(slowestMs, performance.now() - startedAt);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  return slowestMs;
}
