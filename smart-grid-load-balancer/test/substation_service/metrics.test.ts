import { describe, expect, it } from 'vitest';
import { validCharge } from '../support/substation.ts';
import { serveSubstation } from '../support/substation-app.ts';

describe('GET /metrics', () => {
  it('exposes the names that dashboards and balancers read', async () => {
    const { api } = serveSubstation({ highPriorityReserve: 10 });
    await api.post('/charge').send({ ...validCharge, charge_amount: 0.1 });
    for (let time = 0; time < 2; time += 1)
      await api.post('/charge').send({ ...validCharge, charge_amount: 0.2, request_id: 'r1' });
    await api.post('/charge').send({ ...validCharge, charge_amount: 99.9 });
    const lines = (await api.get('/metrics')).text.split('\n');
    expect(lines).toEqual(
      expect.arrayContaining([
        'substation_current_load 0.3',
        'substation_max_capacity 100',
        'substation_active_sessions 2',
        'substation_utilization_percent 0.3',
        'substation_high_priority_reserve 10',
        'substation_draining 0',
        'substation_info{substation_id="s1"} 1',
        'substation_charges_accepted_total 2',
        'substation_charges_replayed_total 1',
        'substation_accepted_kilowatts_total 0.3',
        'substation_charges_rejected_total{reason="capacity"} 1',
        'substation_charges_rejected_total{reason="draining"} 0',
        'substation_sessions_ended_total{end="completed"} 0',
      ]),
    );
  });
});

describe('GET /health', () => {
  it('reports a live process', async () => {
    const { api } = serveSubstation();
    expect((await api.get('/health')).body).toMatchObject({
      status: 'healthy',
      service: 'substation_service',
    });
  });
});
