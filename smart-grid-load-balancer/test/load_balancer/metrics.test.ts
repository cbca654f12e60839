import { describe, expect, it } from 'vitest';
import { STARTED_AT_S, serveBalancer } from '../support/balancer.ts';
import { validCharge } from '../support/substation.ts';

describe('GET /metrics', () => {
  it('counts requests by outcome and shows the load of every substation', async () => {
    const { api } = await serveBalancer({ a: 80 });
    await api.post('/route_charge').send(validCharge);
    for (const charge_amount of [70, 100])
      await api.post('/route_charge').send({ ...validCharge, charge_amount });
    const lines = (await api.get('/metrics')).text.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'load_balancer_requests_total{outcome="accepted"} 1',
        'load_balancer_requests_total{outcome="insufficient_capacity"} 1',
        'load_balancer_requests_total{outcome="too_large"} 1',
        'load_balancer_requests_total{outcome="capacity_unknown"} 0',
        'load_balancer_requests_total{outcome="unknown"} 0',
        'substation_load{substation_id="a"} 22',
        'load_balancer_request_hops_count 3',
        'load_balancer_retries_total 0',
        'load_balancer_ejections_total 0',
        'load_balancer_repeated_requests_total 0',
        'load_balancer_wait_seconds_count{outcome="admitted"} 0',
        'load_balancer_substation_ejected{substation_id="a"} 0',
      ]),
    );
  });

  it('counts every repetition of a request', async () => {
    const { api } = await serveBalancer({ a: 80 });
    for (let time = 0; time < 3; time += 1)
      await api.post('/route_charge').send({ ...validCharge, request_id: 'r1' });
    expect((await api.get('/metrics')).text).toContain('load_balancer_repeated_requests_total 2\n');
  });

  it('shows when a substation last responded, in wall-clock time', async () => {
    const { api, clock } = await serveBalancer({ a: 80 });
    clock.advance(60_000);
    const { text } = await api.get('/metrics');
    expect(text).toContain(`load_balancer_view_timestamp_seconds{substation_id="a"} ${STARTED_AT_S}\n`);
  });

  it('marks ejected substations', async () => {
    const { api, grid } = await serveBalancer();
    grid.fail('a', 'unreachable', 'unreachable');
    for (const vehicle_id of ['EV_1', 'EV_2'])
      await api.post('/route_charge').send({ ...validCharge, vehicle_id });
    const { text } = await api.get('/metrics');
    expect(text).toContain('load_balancer_substation_ejected{substation_id="a"} 1\n');
    expect(text).toContain('load_balancer_substation_ejected{substation_id="b"} 0\n');
  });
});
