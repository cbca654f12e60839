import { join } from 'node:path';
import { routedChargeSchema } from '@gridclock/grid-protocol';
import { createTemporaryDirectory, type LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startBalancer, startChargeService, startSubstation, stopAll } from '../support/grid.ts';
import { metric, send } from '../support/http.ts';

const names = ['substation_1', 'substation_2', 'substation_3'] as const;
type ServiceName = (typeof names)[number] | 'load_balancer' | 'charge_request_service';

const WORKERS = 8;
const AMOUNTS_KW = [7, 11, 22];
/** Long enough for a restart to fall into many sessions, in seconds. */
const SESSION_S = 4;

/** A driver's response: the session, its substation and its energy in joules. */
type Entry = { sessionId: string; substation: string; joules: number };

let directory: Awaited<ReturnType<typeof createTemporaryDirectory>>;
const services = new Map<ServiceName, LocalService>();

const service = (name: ServiceName): LocalService => {
  const found = services.get(name);
  if (found === undefined) throw new Error(`${name} was not started`);
  return found;
};

/** Starts a service on its data, at its port if it ran before. */
async function start(name: ServiceName): Promise<void> {
  const port = services.get(name)?.port;
  const DATA_DIR = join(directory.path, name);
  const substations = () => names.map((substation) => service(substation));
  const started =
    name === 'charge_request_service'
      ? await startChargeService(service('load_balancer'), {}, port)
      : name === 'load_balancer'
        ? await startBalancer(substations(), { DATA_DIR }, port)
        : await startSubstation(name, { DATA_DIR, CHARGE_PROCESSING_TIME: String(SESSION_S) }, port);
  services.set(name, started);
  await started.ready();
}

beforeAll(async () => {
  directory = await createTemporaryDirectory();
  await Promise.all(names.map(start));
  await start('load_balancer');
  await start('charge_request_service');
});

afterAll(async () => {
  await stopAll(services.values());
  await directory.remove();
});

/** Repeats a request with one key until its outcome is definite. Resolves to undefined when the grid was full. */
async function drive(index: number): Promise<Entry | undefined> {
  const request = { vehicle_id: `EV_${index}`, charge_amount: AMOUNTS_KW[index % AMOUNTS_KW.length] ?? 7 };
  const attempt = () =>
    send('POST', `${service('charge_request_service').url}/charge`, request, {
      'Idempotency-Key': `key-${index}`,
    }).catch(() => undefined);
  let response = await attempt();
  while (response === undefined || !isDefinite(response)) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    response = await attempt();
  }
  if (response.status !== 200) {
    expect(response).toMatchObject({ status: 503, body: { error: 'Insufficient capacity' } });
    return undefined;
  }
  const { charge_amount, estimated_duration, session_id, substation_id } = routedChargeSchema.parse(
    response.body,
  );
  const joules = Math.round(1_000 * charge_amount * estimated_duration);
  return { sessionId: session_id, substation: substation_id, joules };
}

const openErrors = ['Outcome unknown', 'Load balancer unavailable', 'No substation available', 'Overloaded'];
const isDefinite = ({ status, body }: { status: number; body: Record<string, unknown> }) =>
  status === 200 || ![...openErrors, 'Capacity unknown', 'Deadline exceeded'].includes(String(body.error));

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);

const counters = {
  accepted: 'substation_charges_accepted_total',
  completed: 'substation_sessions_ended_total{end="completed"}',
  joules: 'substation_energy_joules_total',
} as const;

const readAll = (series: string) => Promise.all(names.map((name) => metric(service(name), series)));

describe('a rush hour in which every service is killed in turn', () => {
  it("agrees on sessions, counters and drivers' ledger to the watt-second", async () => {
    const ledger: Entry[] = [];
    let next = 0;
    let rushing = true;
    const work = async () => {
      while (rushing) {
        const entry = await drive(next++);
        if (entry !== undefined) ledger.push(entry);
      }
    };
    const workers = Array.from({ length: WORKERS }, work);
    const before = new Map<string, number[]>();
    for (const name of ['load_balancer', ...names, 'charge_request_service', ...names] as const) {
      const killed = service(name);
      const accepted = ledger.length;
      await expect.poll(() => ledger.length, { timeout: 20_000 }).toBeGreaterThan(accepted + 3);
      for (const series of Object.values(counters)) before.set(series, await readAll(series));
      killed.signal('SIGKILL');
      await killed.exited;
      await start(name);
      // No counter goes back.
      for (const series of Object.values(counters)) {
        const after = await readAll(series);
        for (const [index, value] of (before.get(series) ?? []).entries())
          expect(after[index]).toBeGreaterThanOrEqual(value);
      }
    }
    rushing = false;
    await Promise.all(workers);
    await expect
      .poll(async () => sum(await readAll('substation_active_sessions')), { timeout: 20_000 })
      .toBe(0);

    const perSubstation = (value: (entry: Entry) => number) =>
      names.map((name) => sum(ledger.filter(({ sessionId }) => sessionId.startsWith(`${name}~`)).map(value)));
    expect(new Set(ledger.map(({ sessionId }) => sessionId)).size).toBe(ledger.length);
    expect(await readAll(counters.accepted)).toEqual(perSubstation(() => 1));
    expect(await readAll(counters.completed)).toEqual(perSubstation(() => 1));
    expect(await readAll(counters.joules)).toEqual(perSubstation(({ joules }) => joules));
    const interrupted = 'load_balancer_sessions_interrupted_total';
    expect(await metric(service('load_balancer'), interrupted)).toBe(0);
  }, 115_000);
});
