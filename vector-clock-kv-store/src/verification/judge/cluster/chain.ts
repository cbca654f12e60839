import { setTimeout } from 'node:timers/promises';
import type { ClusterProbe } from './cluster-probe.ts';

/** 1 s: an answer that overtakes its question on a free link arrives within milliseconds. */
const OVERTAKES_WITHIN_MS = 1_000;

/** The brief's scenario: B depends on A, and B's message overtakes A's. */
export const chain: ClusterProbe = {
  property: 'causality',
  summary:
    'a question is written at one node and answered at the next; the link from the first to the last is slow',
  async run({ cluster, step, check, soon }) {
    const [first, second] = cluster.ids;
    const last = cluster.ids.at(-1);
    if (first === undefined || second === undefined || last === undefined) return;
    const valueAt = async (id: string, key: string) => (await cluster.client(id).get(key)).value;
    cluster.link(first, last)?.hold();
    step(`hold messages from ${first} to ${last}`);
    await cluster.client(first).put('question', 'why?');
    step(`put question="why?" at ${first}`);
    await soon(async () => (await valueAt(second, 'question')) === 'why?', `${second} shows question="why?"`);
    await cluster.client(second).put('answer', 'because');
    step(`put answer="because" at ${second}`);
    const deadline = performance.now() + OVERTAKES_WITHIN_MS;
    let shown: { answer?: unknown; question?: unknown } = {};
    while (shown.answer !== 'because' && performance.now() < deadline) {
      // In this order: a question that comes in between makes the answer right.
      shown = { answer: await valueAt(last, 'answer'), question: await valueAt(last, 'question') };
      await setTimeout(40);
    }
    check(
      shown.answer !== 'because' || shown.question === 'why?',
      `${last} does not show the answer without the question`,
      shown,
    );
    cluster.link(first, last)?.release();
    step(`release the messages from ${first} to ${last}`);
    for (const [key, value] of [
      ['question', 'why?'],
      ['answer', 'because'],
    ] as const)
      await soon(async () => (await valueAt(last, key)) === value, `${last} shows ${key}="${value}"`);
  },
};
