import { describe, expect, it, vi } from 'vitest';
import { recordedTransport } from '../../../load_balancer/transport/recorded-transport.ts';
import type { DispatchedCharge, Transport } from '../../../load_balancer/transport/transport.ts';

const member = { id: 's1', url: 'http://s1:8001' };
const request: DispatchedCharge = {
  vehicle_id: 'EV_1000',
  charge_amount: 11,
  priority: 'normal',
  request_id: 'r1',
  dispatch: { round: 1, attempt: 1 },
};

const transport = () => ({
  charge: vi.fn<Transport['charge']>(async () => ({ kind: 'superseded' })),
  lookup: vi.fn<Transport['lookup']>(),
  sessions: vi.fn<Transport['sessions']>(),
  session: vi.fn<Transport['session']>(),
  stopSession: vi.fn<Transport['stopSession']>(),
  report: vi.fn<Transport['report']>(),
});

describe('a recorded transport', () => {
  it('sends a charge once it is on record, and passes its cancellation on', async () => {
    const inner = transport();
    const { signal } = new AbortController();
    const sending = vi.fn(async () => expect(inner.charge).not.toHaveBeenCalled());
    await recordedTransport(inner, sending).charge(member, request, 1_000, signal);
    expect(sending).toHaveBeenCalledWith(request, member);
    expect(inner.charge).toHaveBeenCalledWith(member, request, 1_000, signal);
  });

  it('sends nothing that cannot be recorded', async () => {
    const inner = transport();
    const recorded = recordedTransport(inner, () => Promise.reject(new Error('disk full')));
    expect(await recorded.charge(member, request, 1_000)).toMatchObject({ kind: 'invalid', status: 503 });
    expect(inner.charge).not.toHaveBeenCalled();
  });
});
