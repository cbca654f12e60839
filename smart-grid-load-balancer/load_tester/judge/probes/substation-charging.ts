import type { Exchange } from '@gridclock/judge-kit';
import { formatResponse } from '../system/grid-client.ts';
import type { Probe } from './probe.ts';

/** 2 s: a session of normal priority lasts 1.6 s to 2.4 s, which a busy machine can tell from none. */
const SESSION_SECONDS = 2;

/** In milliseconds; 20 % less than the mean. */
const SHORTEST_MS = 800 * SESSION_SECONDS;

export const session: Probe = {
  property: 'charging',
  role: 'substation',
  summary: 'a vehicle charges for a session, and another one after it',
  why: 'A session takes its kilowatts from its start to its end. A load that never comes back fills the grid for ever, and one that comes back too soon lets vehicles share what they do not have.',
  async run({ substation, ask, check, soon }) {
    const { client, id } = await substation({ sessionSeconds: SESSION_SECONDS });
    const startedAt = performance.now();
    const { status, body } = await ask(client, { vehicle_id: 'EV_1', charge_amount: 22, priority: 'normal' });
    const answer = Object(body);
    check(status === 200, 'the charge is accepted with a 200', status);
    check(answer.status === 'accepted', 'its answer has status "accepted"', answer.status);
    check(answer.substation_id === id, `its answer has substation_id "${id}"`, answer.substation_id);
    check(isId(answer.session_id), 'its answer has a session_id', answer.session_id);
    check(answer.current_load === 22, 'its answer has current_load 22', answer.current_load);
    check(answer.max_capacity === 100, 'its answer has max_capacity 100', answer.max_capacity);
    const full = await ask(client, { vehicle_id: 'EV_2', charge_amount: 100 });
    // On a busy machine, the session may have ended by then.
    const isCharging = performance.now() - startedAt < SHORTEST_MS;
    check(
      full.status !== 200 || !isCharging,
      'while it charges, a charge of the whole capacity is refused',
      full.status,
    );
    let last: Exchange | undefined;
    const isGivenBack = async () => {
      last = await client.charge({ vehicle_id: 'EV_2', charge_amount: 100 });
      return last.status === 200;
    };
    await soon(
      isGivenBack,
      'when the session has ended, a charge of the whole capacity is accepted',
      () => last && formatResponse(last),
    );
  },
};

export const sessionIds: Probe = {
  property: 'charging',
  role: 'substation',
  summary: 'thirty vehicles start within the same second',
  why: 'A session id names one session. If two sessions share one, the end of the first takes the load of the second with it, and its vehicle charges uncounted.',
  async run({ substation, check, step }) {
    const { client } = await substation();
    const charges = Array.from({ length: 30 }, (_, index) => ({
      vehicle_id: `EV_${index}`,
      charge_amount: 1,
    }));
    const responses = await Promise.all(charges.map((charge) => client.charge(charge)));
    const ids = responses.map(({ body }) => Object(body).session_id);
    step(
      '30 concurrent POST /charge of 1 kW, by EV_0 to EV_29',
      `${new Set(ids).size} different session ids`,
    );
    const accepted = responses.filter(({ status }) => status === 200).length;
    check(accepted === 30, 'all 30 are accepted', accepted);
    check(new Set(ids).size === 30, 'each session has an id that no other has', ids.slice(0, 6));
  },
};

function isId(value: unknown): boolean {
  return typeof value === 'string' && value !== '';
}
