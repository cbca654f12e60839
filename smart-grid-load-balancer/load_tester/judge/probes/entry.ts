import { findDoubleCharges, formatDoubleCharges } from '../rules/double-charges.ts';
import type { Probe } from './probe.ts';

/** 20 s, in milliseconds: longer than an entry waits for its balancer. */
const REQUEST_TIMEOUT_MS = 20_000;

export const entryRelays: Probe = {
  property: 'capacity 503',
  role: 'entry',
  summary: 'the balancer accepts a charge, and refuses another one for lack of capacity',
  why: 'The entry passes on what the balancer has decided. A refusal for lack of capacity is a 503 with its reason; as a 500, it looks like a failure.',
  async run({ entry, ask, check }) {
    const { balancer, client } = await entry();
    const accepted = await ask(client, { vehicle_id: 'EV_1', charge_amount: 22 });
    check(accepted.status === 200, 'the charge is accepted', accepted.status);
    const { session_id } = Object(accepted.body);
    check(typeof session_id === 'string', "the answer is the balancer's, with its session_id", session_id);
    balancer.charges = 'refuse';
    const { status, body } = await ask(client, { vehicle_id: 'EV_2', charge_amount: 22 });
    check(status === 503, 'the refusal is a 503', status);
    const { error } = Object(body);
    check(error === 'Insufficient capacity', 'its error is "Insufficient capacity"', error);
  },
};

export const lostBalancer: Probe = {
  property: 'dead favourite',
  role: 'entry',
  summary: 'the balancer is killed',
  why: 'The entry works, but its balancer does not: 503 says so. A 500, or no answer, leaves the driver without a reason.',
  async run({ entry, ask, check, step }) {
    const { balancer, client } = await entry();
    await balancer.die();
    step('the balancer is killed');
    const { status } = await ask(client, { vehicle_id: 'EV_1', charge_amount: 22 }, REQUEST_TIMEOUT_MS);
    check(status === 503, 'the answer is a 503', status);
  },
};

export const entryRepeats: Probe = {
  property: 'double charge',
  role: 'entry',
  summary: 'the balancer accepts a charge, and the connection breaks before its answer',
  why: 'The charge may have been accepted. An entry that sends it again, but not with the same request_id, asks for a second session of the same vehicle.',
  async run({ entry, tryAsk, check }) {
    const { balancer, client } = await entry();
    balancer.charges = 'lose';
    await tryAsk(client, { vehicle_id: 'EV_1', charge_amount: 22 }, REQUEST_TIMEOUT_MS);
    const doubles = findDoubleCharges(balancer.charged);
    check(doubles.length === 0, 'the vehicle has one session', formatDoubleCharges(doubles));
  },
};

export const entryRepeated: Probe = {
  property: 'double charge',
  role: 'entry',
  summary: 'a client repeats its charge at an entry with the same request_id',
  why: 'A client that got no answer repeats its request with the same request_id. If the entry passes it on under another one, the balancer takes it for another request, and the vehicle charges twice.',
  async run({ entry, ask, check }) {
    const { balancer, client } = await entry();
    const charge = { vehicle_id: 'EV_1', charge_amount: 22, request_id: 'request-1' };
    const first = await ask(client, charge);
    check(first.status === 200, 'the charge is accepted', first.status);
    await ask(client, charge);
    const doubles = findDoubleCharges(balancer.charged);
    check(doubles.length === 0, 'the vehicle has one session', formatDoubleCharges(doubles));
  },
};
