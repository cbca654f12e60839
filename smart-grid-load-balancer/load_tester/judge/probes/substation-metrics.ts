import { substationMetrics as names } from '@gridclock/grid-protocol';
import { eventually } from '@gridclock/judge-kit';
import { isClose } from '../rules/accounts.ts';
import { longestMs, priorities } from '../rules/durations.ts';
import type { Probe } from './probe.ts';
import { whys } from './whys.ts';

/** In kW; not the default. */
const CAPACITY = 80;

export const metrics: Probe = {
  property: 'metrics',
  role: 'substation',
  summary: 'two vehicles charge, and the metrics and the status are read',
  why: whys.metrics,
  async run({ substation, ask, check, step }) {
    const { client } = await substation({ capacity: CAPACITY });
    const empty = await client.gauges();
    check(
      empty.load === 0,
      `before any charge, /metrics has "${names.currentLoad} 0" without labels`,
      empty.load,
    );
    await ask(client, { vehicle_id: 'EV_1', charge_amount: 22 });
    await ask(client, { vehicle_id: 'EV_2', charge_amount: 7.4, priority: 'high' });
    const gauges = await client.gauges();
    step('GET /metrics', gauges);
    const { load, capacity, activeSessions, utilizationPercent } = gauges;
    check(is(load, 29.4), `${names.currentLoad} is 29.4`, load);
    check(capacity === CAPACITY, `${names.maxCapacity} is ${CAPACITY}, as MAX_CAPACITY`, capacity);
    check(activeSessions === 2, `${names.activeSessions} is 2`, activeSessions);
    check(is(utilizationPercent, 36.75), `${names.utilizationPercent} is 36.75`, utilizationPercent);
    const { body } = await client.get('/status');
    const { current_load, max_capacity, available_capacity, active_sessions, sessions } = Object(body);
    step('GET /status', { current_load, max_capacity, available_capacity, active_sessions });
    check(is(current_load, 29.4), 'current_load of /status is 29.4', current_load);
    check(is(available_capacity, 50.6), 'available_capacity of /status is 50.6', available_capacity);
    check(active_sessions === 2, 'active_sessions of /status is 2', active_sessions);
    const listed = Object.keys(Object(sessions)).length;
    check(listed === 2, 'sessions of /status lists both', listed);
  },
};

/** 1 s: a session of high priority lasts 5 s all the same. */
const SESSION_SECONDS = 1;

export const metricsAfterwards: Probe = {
  property: 'metrics',
  role: 'substation',
  summary: 'a vehicle of each priority charges, and the metrics and the status are read when all have left',
  why: whys.metrics,
  async run({ substation, ask, check, soon }) {
    const { client } = await substation({ sessionSeconds: SESSION_SECONDS });
    for (const [index, priority] of priorities.entries()) {
      const charge = { vehicle_id: `EV_${index + 1}`, charge_amount: 7.4, priority };
      const { status } = await ask(client, charge);
      check(
        status === 200,
        `the charge of ${charge.vehicle_id}, with priority ${priority}, is accepted`,
        status,
      );
    }
    let seen: object = {};
    const isIdle = async () => {
      const { load, activeSessions } = await client.gauges();
      const { current_load, active_sessions, sessions } = Object((await client.get('/status')).body);
      const listed = Object.keys(Object(sessions)).length;
      seen = { load, activeSessions, status: { current_load, active_sessions, sessions: listed } };
      return (
        is(load, 0) && is(current_load, 0) && [activeSessions, active_sessions, listed].every((n) => n === 0)
      );
    };
    await eventually(isIdle, longestMs('high', SESSION_SECONDS));
    await soon(isIdle, 'soon, both show no load and no session', () => seen);
  },
};

/** Whether a shown figure is there, and close to what it should be. */
function is(figure: unknown, expected: number): boolean {
  return typeof figure === 'number' && isClose(figure, expected);
}
