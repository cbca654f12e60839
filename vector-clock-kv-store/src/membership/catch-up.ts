import type { Logger } from '@gridclock/service-kit';
import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import type { CausalStore } from '../causal-store.ts';
import type { Peer } from '../causality/peer.ts';
import { clockSum, descends, merge, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Heartbeat, Transport } from '../replication/transport.ts';

/** A way to a peer. */
export type PeerLink = { peer: Peer; transport: Transport };

/** What a peer said when it was asked; undefined when it did not answer. */
export type PeerAnswer = PeerLink & { answer: Heartbeat | undefined };

/** How often a peer that did not answer is asked again, in milliseconds. */
const ASK_AGAIN_MS = 100;

/** How long a node works towards one aim before it asks again what the aim is, in milliseconds. */
const ROUND_MS = 2_000;

/**
 * Asks every peer until each has answered, or `waitMs` is over.
 *
 * @param discover gets what one peer says of others; the ways it returns are asked too
 */
export async function askAll(
  known: readonly PeerLink[],
  discover: (answer: Heartbeat) => readonly PeerLink[],
  scheduler: Scheduler,
  waitMs: number,
  stopped: () => boolean,
): Promise<PeerAnswer[]> {
  const asked = new Map<string, PeerAnswer>(
    known.map((link) => [link.peer.id, { ...link, answer: undefined }]),
  );
  const deadline = scheduler.now() + waitMs;
  while (!stopped()) {
    const open = [...asked.values()].filter(({ answer }) => answer === undefined);
    for (const { answer, ...link } of await Promise.all(open.map(askOne))) {
      if (answer === undefined) continue;
      asked.set(link.peer.id, { ...link, answer });
      for (const other of discover(answer)) {
        if (!asked.has(other.peer.id)) asked.set(other.peer.id, { ...other, answer: undefined });
      }
    }
    const all = [...asked.values()].every(({ answer }) => answer !== undefined);
    if (all || scheduler.now() >= deadline) break;
    await sleep(scheduler, ASK_AGAIN_MS);
  }
  return [...asked.values()];
}

async function askOne(link: PeerLink): Promise<PeerAnswer> {
  return { ...link, answer: await link.transport.heartbeat().catch(() => undefined) };
}

/** Asks the peers until one of them has all that this store has; resolves to that one's answer. */
export async function askForAllOf(
  store: CausalStore,
  peers: () => readonly PeerLink[],
  scheduler: Scheduler,
  stopped: () => boolean,
): Promise<PeerAnswer[]> {
  while (!stopped()) {
    const answers = await Promise.all(peers().map(askOne));
    const equipped = answers.filter(
      ({ answer }) => answer !== undefined && descends(answer.clock, store.clock),
    );
    if (equipped.length > 0) return equipped;
    await sleep(scheduler, ASK_AGAIN_MS);
  }
  return [];
}

/** Resolves when everything is here that the peers had, so that clients see no less here than elsewhere. */
export async function catchUp(
  store: CausalStore,
  first: readonly PeerAnswer[],
  logger: Logger,
  stopped: () => boolean,
): Promise<void> {
  let answers = first;
  let installed = zeroClock;
  while (!stopped()) {
    if (needsSnapshot(store, answers) || !descends(store.clock, installed)) {
      installed = (await install(store, answers, logger)) ?? installed;
    } else {
      // What is missing still lies in the logs of those asked.
      store.resume();
    }
    const aim = answers.reduce<VectorClock>(
      (clock, { answer }) => merge(clock, answer?.clock ?? zeroClock),
      installed,
    );
    if (await store.caughtUp(aim, ROUND_MS)) return;
    logger.info({ aim, clock: store.clock }, 'still catching up');
    // Asked again: a peer that has gone for good must not be waited for.
    answers = await Promise.all(answers.map(askOne));
  }
}

/** Whether a peer's log no longer has what is missing here. */
function needsSnapshot(store: CausalStore, answers: readonly PeerAnswer[]): boolean {
  return answers.some(({ answer }) => answer !== undefined && !descends(store.clock, answer.pruned));
}

/**
 * From the peer that has most.
 *
 * @returns what must be delivered before the snapshot is consistent; undefined when none could be had
 */
async function install(
  store: CausalStore,
  answers: readonly PeerAnswer[],
  logger: Logger,
): Promise<VectorClock | undefined> {
  const most = answers
    .flatMap(({ answer, ...link }) =>
      answer === undefined ? [] : [{ ...link, sum: clockSum(answer.clock) }],
    )
    .sort((left, right) => right.sum - left.sum);
  for (const { peer, transport } of most) {
    try {
      const shown = await store.install((mark) => transport.snapshot(mark));
      logger.info({ peer: peer.id, clock: store.clock }, 'installed a snapshot');
      return shown;
    } catch (error) {
      logger.warn({ peer: peer.id, err: error }, 'a snapshot could not be installed');
    }
  }
  return undefined;
}
