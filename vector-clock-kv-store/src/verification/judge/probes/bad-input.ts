import type { Exchange } from '@gridclock/judge-kit';
import { formatClockAs } from '../dialect/clock-form.ts';
import { formatMessage, type Message } from '../dialect/message-form.ts';
import type { Bench } from '../system/bench.ts';
import { formatClock, isSameClock, put } from './deliveries.ts';
import type { Probe, ProbeRun } from './probe.ts';

export const badInput: Probe = {
  property: 'bad input',
  summary: 'requests that mean nothing come in among good ones',
  async run(run) {
    const bench = await run.bench();
    const { sender: own } = await put(run, bench, 'x', 'good');
    for (const [name, request] of invalidRequests(run, bench)) {
      const { status, text } = await request();
      run.check(status >= 400 && status < 500, `${name} gets a 4xx`, `${status} ${text.slice(0, 200)}`);
    }
    const { value } = await bench.client.get('x');
    run.check(value === 'good', 'x is what it was', value);
    const { vc } = await put(run, bench, 'y', 'good');
    run.check(isSameClock(vc, { [own]: 2 }), `the clock counts the two good writes alone`, formatClock(vc));
  },
};

function invalidRequests(
  { dialect }: ProbeRun,
  { client, ids, peers }: Bench,
): [string, () => Promise<Exchange>][] {
  const { put: putForm, replicate, message: form } = dialect;
  const sender = peers[0]?.id ?? '';
  const message: Message = { sender, key: 'x', value: 'bad', vc: { [sender]: 1 } };
  const formatted = JSON.stringify(formatMessage(message, form, ids));
  const clock = JSON.stringify(formatClockAs(form.clock, message.vc, ids));
  const withClock = (text: string) => () => client.raw(replicate, { raw: formatted.replace(clock, text) });
  const withCounter = (counter: string) => withClock(clock.replace(/(?<=[:[,])1(?=[,}\]])/, counter));
  const without = (name: string) => () =>
    client.raw(replicate, {
      raw: JSON.stringify(
        formatMessage(message, { ...form, names: { ...form.names, [name]: 'nothing' } }, ids),
      ),
    });
  return [
    ['a write that is not JSON', () => client.raw(putForm, { raw: '{"key":' })],
    ['a write without a key', () => client.raw(putForm, { json: { value: 'bad' } })],
    ['a message that is not JSON', () => client.raw(replicate, { raw: formatted.slice(0, -1) })],
    ['an empty message', () => client.raw(replicate, { json: {} })],
    ['a message without a sender', without('sender')],
    ['a message without a key', without('key')],
    ['a message without a clock', without('vc')],
    ['a message whose clock is null', withClock('null')],
    ['a message whose clock is a text', withClock('"1"')],
    ['a message with a counter of -1', withCounter('-1')],
    ['a message with a counter of 1.5', withCounter('1.5')],
    ['a message with a counter of "1"', withCounter('"1"')],
    ['a message with a counter of NaN', withCounter('NaN')],
    ['a message with a counter of null', withCounter('null')],
  ];
}
