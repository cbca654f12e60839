import { exchange } from '@gridclock/judge-kit';
import { afterEach, describe, expect, it } from 'vitest';
import { ScriptedSubstation } from '../../../load_tester/judge/system/scripted-substation.ts';

let substation: ScriptedSubstation | undefined;
afterEach(async () => {
  await substation?.die();
  substation = undefined;
});

async function start() {
  const options = { id: 's1', host: '127.0.0.1', port: 0, onCharge: () => {} };
  const started = await ScriptedSubstation.listen(options);
  substation = started;
  const charge = (json: object) => exchange(`${started.url}/charge`, { json });
  return { started, charge };
}

const request = { vehicle_id: 'EV_1', charge_amount: 22, request_id: 'r1' };

describe('a scripted substation', () => {
  it('accepts a charge once, however often it is repeated', async () => {
    const { charge, started } = await start();
    const [first, second] = [await charge(request), await charge(request)];
    expect(first).toMatchObject({ status: 200, body: { status: 'accepted', current_load: 22 } });
    expect(second.body).toEqual(first.body);
    expect(started).toMatchObject({ load: 22, charged: [{ vehicle: 'EV_1' }] });
  });

  it('charges in vain to its sender when it loses the answer', async () => {
    const { charge, started } = await start();
    started.charges = 'lose';
    await expect(charge(request)).rejects.toThrow('socket hang up');
    expect(started.load).toBe(22);
  });

  it('refuses more than its capacity, and what is no charge', async () => {
    const { charge, started } = await start();
    expect(await charge({ ...request, charge_amount: 1_001 })).toMatchObject({
      status: 503,
      body: { error: 'Insufficient capacity', available_capacity: 1_000 },
    });
    expect(await charge({ ...request, charge_amount: -1 })).toMatchObject({ status: 400 });
    expect(started.charged).toEqual([]);
  });

  it('refuses connections once it is dead', async () => {
    const { charge, started } = await start();
    await started.die();
    await expect(charge(request)).rejects.toThrow('ECONNREFUSED');
  });
});
