import { eventually, NotJudged } from '@gridclock/judge-kit';
import type { Message } from '../dialect/message-form.ts';
import type { Bench } from '../system/bench.ts';
import { UnexpectedResponse } from '../system/contract-client.ts';
import type { Probe, ProbeRun } from './probe.ts';

/** Python recurses 1,000 deep, Node.js 5,000 to 10,000, depending on what it has compiled. */
const DEEP = 10_000;

/** For a node that is late with these: one that scans its list for each message takes an eleventh of the time. */
const LESS_DEEP = 3_000;

/**
 * 30 s to take the messages, and to deliver them: about what a node in Python needs on a quiet machine that scans a list of
 * 10,000 for each. A second run gets twice as long.
 */
const WITHIN_MS = 30_000;

/** 16 s: a node that responds and delivers nothing for so long has given up; scans come every 50 to 200 ms. */
const STUCK_MS = 16_000;

/** So many requests at a time. */
const CONCURRENCY = 16;

export const deepBuffer: Probe = {
  property: 'deep buffer',
  summary: 'thousands of messages of a sender come in reverse, the first of them last',
  async run(run) {
    const bench = await run.bench();
    const sender = bench.peers[0]?.id ?? '';
    const depth = run.isRepeated ? LESS_DEEP : DEEP;
    const numbered = (number: number): Message => ({
      sender,
      key: `key ${number % 10}`,
      value: number,
      vc: { [sender]: number },
    });
    if (run.isRepeated) run.note(`late with ${DEEP} messages, so it was judged with ${LESS_DEEP}`);
    await sendReversed(run, bench, depth, numbered);
    run.step(`send messages ${depth} to 2 of ${sender}`);
    await sendFirst(run, bench, numbered(1), depth);
    if (!run.dialect.showsBuffer) return;
    const { buffered } = await bench.client.state();
    run.check(buffered === 0, 'GET /state shows an empty buffer', buffered);
  },
};

/** Sends all but the first, several at a time. */
async function sendReversed(
  run: ProbeRun,
  { client, id }: Bench,
  depth: number,
  numbered: (number: number) => Message,
): Promise<void> {
  const limitMs = limitOf(run);
  const deadline = performance.now() + limitMs;
  let next = depth;
  const work = async () => {
    while (next > 1 && performance.now() < deadline) await client.inject(numbered(next--));
  };
  await Promise.all(Array.from({ length: CONCURRENCY }, work));
  if (next === 1) return;
  const slowness = `${id} has taken only ${depth - next} of ${depth} messages in ${limitMs / 1_000} s`;
  throw run.isRepeated ? new NotJudged(slowness) : new Error(slowness);
}

/** Sends the first, and waits for the last as long as the node delivers, or is too busy to respond. */
async function sendFirst(run: ProbeRun, bench: Bench, message: Message, depth: number): Promise<void> {
  const sent = run.begin(`send message 1 of ${message.sender}`);
  let refusal: UnexpectedResponse | undefined;
  void bench.client.inject(message).catch((error: unknown) => {
    if (error instanceof UnexpectedResponse) refusal = error;
    sent(error instanceof Error ? error.message : String(error));
  });
  let shown: unknown;
  let lastProgress = performance.now();
  const isStuck = () => performance.now() - lastProgress > STUCK_MS;
  const look = async () => {
    const before = shown;
    const value = await bench.client.get('key 0').then(
      (read) => read.value,
      (error: unknown) => (error instanceof UnexpectedResponse ? before : undefined),
    );
    if (value === undefined || value !== before) lastProgress = performance.now();
    if (value !== undefined) shown = value;
    return shown === depth;
  };
  const isOver = async () =>
    (await look()) || refusal !== undefined || bench.process.exit !== undefined || isStuck();
  await eventually(isOver, limitOf(run));
  // These need no second run: more time would change nothing.
  run.check(refusal === undefined, `${bench.id} accepts message 1`, refusal?.message);
  const { exit } = bench.process;
  run.check(exit === undefined, `${bench.id} still runs`, exit);
  const expectation = `${bench.id} has applied all of them: key 0 is ${depth}`;
  if (isStuck()) run.check(shown === depth, expectation, shown);
  else await run.soon(look, expectation, () => shown);
}

function limitOf({ isRepeated }: ProbeRun): number {
  return isRepeated ? 2 * WITHIN_MS : WITHIN_MS;
}
