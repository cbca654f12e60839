import { eventually, NotJudged } from '@gridclock/judge-kit';
import { longestMs, priorities, shortestMs } from '../rules/durations.ts';
import { BURST_TIMEOUT_MS } from '../system/charges.ts';
import { formatResponse } from '../system/grid-client.ts';
import { sessionsAt } from '../system/shown-sessions.ts';
import type { Probe } from './probe.ts';

/** 2 s: a session of normal priority lasts 1.6 s to 2.4 s, which a busy machine can tell from none. */
const PROCESSING_SECONDS = 2;

/** One experiment for each priority. */
export const sessions: readonly Probe[] = priorities.map((priority) => ({
  property: 'charging',
  role: 'substation',
  summary: `a vehicle with ${priority} priority charges for a session, and another one after it`,
  why: 'A session takes its kilowatts from its start to its end. A load that never comes back fills the grid for ever, and one that comes back too soon lets vehicles share what they do not have.',
  async run({ substation, ask, check, soon, step }) {
    const { client, id } = await substation({ sessionSeconds: PROCESSING_SECONDS });
    const shortest = shortestMs(priority, PROCESSING_SECONDS);
    const startedAt = performance.now();
    const { status, body } = await ask(client, { vehicle_id: 'EV_1', charge_amount: 90, priority });
    const answer = Object(body);
    check(status === 200, 'the charge is accepted with a 200', status);
    check(answer.status === 'accepted', 'its answer has status "accepted"', answer.status);
    check(answer.substation_id === id, `its answer has substation_id "${id}"`, answer.substation_id);
    check(isId(answer.session_id), 'its answer has a session_id', answer.session_id);
    check(answer.current_load === 90, 'its answer has current_load 90', answer.current_load);
    check(answer.max_capacity === 100, 'its answer has max_capacity 100', answer.max_capacity);
    const other = { vehicle_id: 'EV_2', charge_amount: 90 };
    let last = await ask(client, other);
    if (last.status === 200 && (await sessionsAt([{ id, client }])).some(({ vehicle }) => vehicle === 'EV_1'))
      throw new NotJudged(
        'the substation accepts more than its capacity, so charges do not show when a session ends',
      );
    const isGivenBack = async () => {
      if (last.status !== 200) last = await client.charge(other);
      return last.status === 200;
    };
    await eventually(isGivenBack, longestMs(priority, PROCESSING_SECONDS));
    await soon(isGivenBack, 'when the session has ended, another charge of 90 kW is accepted', () =>
      formatResponse(last),
    );
    // The session began after `startedAt`, and has ended: however busy the machine is, it was no longer than that.
    const lasted = performance.now() - startedAt;
    step(`EV_2 is accepted ${(lasted / 1_000).toFixed(1)} s after EV_1 came`);
    check(
      lasted >= shortest,
      `with CHARGE_PROCESSING_TIME=${PROCESSING_SECONDS}, a session of ${priority} priority lasts at least ${shortest / 1_000} s`,
      `at most ${(lasted / 1_000).toFixed(1)} s`,
    );
  },
}));

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
    const responses = await Promise.all(charges.map((charge) => client.charge(charge, BURST_TIMEOUT_MS)));
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
