import type { Exchange } from '@gridclock/judge-kit';
import { NotJudged } from '@gridclock/judge-kit';
import { firstMissing } from '../../../causality/vector-clock.ts';
import { findClock } from '../dialect/clock-form.ts';
import type { Message } from '../dialect/message-form.ts';
import { isSuccess } from '../system/contract-client.ts';
import { expectShown, formatClock, send } from './deliveries.ts';
import type { Probe } from './probe.ts';

export const sessions: Probe = {
  property: 'session guarantees',
  summary: 'a client comes to a node that has not got what the client has seen elsewhere',
  async run(run) {
    if (run.dialect.answerClock === undefined)
      throw new NotJudged('answers carry no clock, so a client has nothing to pass');
    const bench = await run.bench();
    const [second, third] = bench.peers.map(({ id }) => id);
    if (second === undefined || third === undefined) return;
    const seen = { [second]: 1 };
    const early = await orSilence(bench.client.tryGet('x', seen));
    run.step(`get x at ${bench.id} with vc ${formatClock(seen)}`, early && `${early.status} ${early.text}`);
    run.check(
      early === undefined || !isSuccess(early),
      `${bench.id} waits or answers 503: it has not got write 1 of ${second}`,
      early?.text,
    );
    const write: Message = { sender: second, key: 'x', value: 'seen', vc: seen };
    await send(run, bench, write);
    await expectShown(run, bench, write);
    const { value, vc } = await bench.client.get('x', seen);
    run.check(value === 'seen', `get x with vc ${formatClock(seen)} returns "seen"`, value);
    run.check(
      vc !== undefined && firstMissing(vc, seen) === undefined,
      'the clock of the answer covers what the client has seen',
      vc,
    );
    const further = { ...seen, [third]: 1 };
    const response = await orSilence(bench.client.tryPut('y', 'after', further));
    run.step(
      `put y at ${bench.id} with vc ${formatClock(further)}`,
      response && `${response.status} ${response.text}`,
    );
    const clock = findClock(response?.body, bench.ids)?.vc;
    const isRefused = response === undefined || !isSuccess(response);
    run.check(
      isRefused || (clock !== undefined && firstMissing(clock, further) === undefined),
      'the write is refused, or its clock covers what the client has seen',
      clock,
    );
  },
};

/** A node may also wait for longer than the judge does. */
function orSilence(response: Promise<Exchange>): Promise<Exchange | undefined> {
  return response.catch(() => undefined);
}
