import { setTimeout } from 'node:timers/promises';
import { missingDependency, type VectorClock, zeroClock } from '../../../causality/vector-clock.ts';
import type { Message } from '../dialect/message-form.ts';
import type { Bench } from '../system/bench.ts';
import type { ReceivedMessage } from '../system/fake-peer.ts';
import type { ProbeRun } from './probe.ts';

/** 500 ms: nodes deliver at once, or scan their buffer every 50 to 200 ms. */
const SETTLE_MS = 500;

/** `node2#1 x="a" {"node2":1}`. */
function nameOf({ sender, key, value, vc }: Message): string {
  return `${key}=${JSON.stringify(value)} by ${sender}, clock ${formatClock(vc)}`;
}

export function formatClock(vc: VectorClock): string {
  return JSON.stringify(vc).replaceAll('"', '');
}

/** Sends a message as its sender does. */
export async function send(run: ProbeRun, bench: Bench, message: Message): Promise<void> {
  run.step(`send ${nameOf(message)}`);
  await bench.inject(message);
}

/** Expects that the node shows a message's value, now or within its time. */
export async function expectShown(run: ProbeRun, bench: Bench, message: Message): Promise<void> {
  let shown: unknown;
  await run.soon(
    async () => {
      shown = (await bench.client.get(message.key)).value;
      return shown === message.value;
    },
    `${bench.id} shows ${message.key}=${JSON.stringify(message.value)}`,
    () => shown,
  );
  bench.log.deliver(bench.id, message);
}

/** Expects that the node does not show a message yet, because it must wait. */
export async function expectWaiting(
  run: ProbeRun,
  bench: Bench,
  message: Message,
  delivered: VectorClock = zeroClock,
): Promise<void> {
  await setTimeout(SETTLE_MS);
  const { value } = await bench.client.get(message.key);
  const missing = missingDependency(delivered, message.sender, message.vc);
  const isShown = value === message.value;
  if (isShown) bench.log.deliver(bench.id, message);
  else if (missing !== undefined) bench.log.buffer(bench.id, message, missing);
  const reason = missing === undefined ? '' : `: write ${missing.counter} of ${missing.node} is missing`;
  run.check(
    !isShown,
    `${bench.id} does not show ${message.key}=${JSON.stringify(message.value)} yet${reason}`,
    value,
  );
}

/** Writes at the node, and resolves to the message that every peer gets. */
export async function put(run: ProbeRun, bench: Bench, key: string, value: string): Promise<ReceivedMessage> {
  run.step(
    `put ${key}=${JSON.stringify(value)} at ${bench.id}`,
    (await bench.client.put(key, value)) ?? undefined,
  );
  const message = await expectSent(run, bench, key, value);
  return message;
}

/** Expects that every peer gets the message of a write. */
export async function expectSent(
  run: ProbeRun,
  bench: Bench,
  key: string,
  value: string,
): Promise<ReceivedMessage> {
  const copies = () =>
    bench.peers.flatMap((peer) => {
      const found = peer.received.find((message) => message.key === key && message.value === value);
      return found === undefined ? [] : [{ peer, found }];
    });
  const without = () => bench.peers.filter((peer) => !copies().some((copy) => copy.peer === peer));
  const log = () => {
    const [first] = copies();
    if (first !== undefined) bench.log.write(bench.id, first.found);
    for (const { peer, found } of copies())
      bench.log.receive(peer.id, bench.log.send(bench.id, peer.id, found), found);
    return first?.found;
  };
  await run
    .soon(
      async () => without().length === 0,
      `every peer gets ${key}=${JSON.stringify(value)}`,
      () =>
        `nothing at ${without()
          .map(({ id }) => id)
          .join(' and ')}`,
    )
    .catch((error: unknown) => {
      log();
      throw error;
    });
  const first = log();
  if (first === undefined) throw new Error('a node has at least one peer');
  return first;
}

/** Expects that the buffer holds so many messages, where the node shows it. */
export async function expectBuffered(run: ProbeRun, bench: Bench, count: number): Promise<void> {
  if (!run.dialect.showsBuffer) return;
  let buffered: number | undefined;
  await run.soon(
    async () => {
      buffered = (await bench.client.state()).buffered;
      return buffered === count;
    },
    `GET /state shows ${count === 0 ? 'an empty buffer' : `${count} waiting in the buffer`}`,
    () => buffered,
  );
}

/** Whether two clocks are equal; absent entries are 0. */
export function isSameClock(left: VectorClock, right: VectorClock): boolean {
  const ids = new Set([...Object.keys(left), ...Object.keys(right)]);
  return [...ids].every((id) => (left[id] ?? 0) === (right[id] ?? 0));
}
