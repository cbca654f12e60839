import { substationMetrics as names } from '@gridclock/grid-protocol';
import { isClose } from '../rules/accounts.ts';
import type { Probe } from './probe.ts';
import { whys } from './whys.ts';

export const metrics: Probe = {
  property: 'metrics',
  role: 'substation',
  summary: 'two vehicles charge, and the metrics and the status are read',
  why: whys.metrics,
  async run({ substation, ask, check, step }) {
    const { client } = await substation();
    const empty = await client.gauges();
    check(
      empty.load === 0,
      `before any charge, /metrics has "${names.currentLoad} 0" without labels`,
      empty.load,
    );
    await ask(client, { vehicle_id: 'EV_1', charge_amount: 22 });
    await ask(client, { vehicle_id: 'EV_2', charge_amount: 11, priority: 'high' });
    const gauges = await client.gauges();
    step('GET /metrics', gauges);
    const { load, capacity, activeSessions, utilizationPercent } = gauges;
    check(load === 33, `${names.currentLoad} is 33`, load);
    check(capacity === 100, `${names.maxCapacity} is 100`, capacity);
    check(activeSessions === 2, `${names.activeSessions} is 2`, activeSessions);
    const isRight = utilizationPercent !== undefined && isClose(utilizationPercent, 33);
    check(isRight, `${names.utilizationPercent} is 33`, utilizationPercent);
    const { body } = await client.get('/status');
    const { current_load, max_capacity, available_capacity, active_sessions, sessions } = Object(body);
    step('GET /status', { current_load, max_capacity, available_capacity, active_sessions });
    check(current_load === 33, 'current_load of /status is 33', current_load);
    check(available_capacity === 67, 'available_capacity of /status is 67', available_capacity);
    check(active_sessions === 2, 'active_sessions of /status is 2', active_sessions);
    const listed = Object.keys(Object(sessions)).length;
    check(listed === 2, 'sessions of /status lists both', listed);
  },
};
