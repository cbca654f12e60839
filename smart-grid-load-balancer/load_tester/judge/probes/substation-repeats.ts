import { NotJudged } from '@gridclock/judge-kit';
import { formatCharge } from '../system/charges.ts';
import type { Probe } from './probe.ts';

const charge = { vehicle_id: 'EV_1', charge_amount: 22, request_id: 'request-1' };

export const repeats: Probe = {
  property: 'double charge',
  role: 'substation',
  summary: 'a charge is repeated with its request_id, one after another and at once',
  why: 'A sender that got no answer repeats its request with the same request_id. It asks for the same session, so the vehicle takes its kilowatts once.',
  async run({ substation, ask, check, hasRoom, step }) {
    const { client } = await substation();
    const first = await ask(client, charge);
    check(first.status === 200, 'the charge is accepted', first.status);
    await ask(client, charge);
    const other = { vehicle_id: 'EV_2', charge_amount: 7, request_id: 'request-2' };
    const responses = await Promise.all(Array.from({ length: 8 }, () => client.charge(other)));
    const accepted = responses.filter(({ status }) => status === 200);
    const ids = new Set(accepted.map(({ body }) => Object(body).session_id));
    step(
      `8 concurrent POST /charge ${formatCharge(other)}`,
      `${accepted.length} × 200, ${ids.size} sessions`,
    );
    step('EV_1 and EV_2 take 29 of 100 kW, if each charges once');
    await hasRoom(client, 70);
  },
};

export const repeatAfterRestart: Probe = {
  property: 'double charge',
  role: 'substation',
  summary: 'a substation is killed after a charge, starts again, and the charge is repeated',
  why: 'The session outlives the process if the substation keeps it in DATA_DIR. A repetition must find it there; otherwise the vehicle charges twice.',
  async run({ substation, ask, check, hasRoom, step }) {
    const bench = await substation({ hasDisk: true });
    const { status } = await ask(bench.client, charge);
    check(status === 200, 'the charge is accepted', status);
    if (!(await bench.hasData()))
      throw new NotJudged('the substation keeps nothing in DATA_DIR, so a restart ends its sessions');
    await bench.restart();
    step('kill -9 the substation, and start it again');
    await ask(bench.client, charge);
    step('EV_1 takes 22 of 100 kW, if it charges once');
    await hasRoom(bench.client, 70);
  },
};
