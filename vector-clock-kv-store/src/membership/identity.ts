import { incarnationOf, type NodeId } from '../causality/node-id.ts';
import { counterOf } from '../causality/vector-clock.ts';
import type { Heartbeat } from '../replication/transport.ts';

/**
 * The name under which a node with nothing stored counts its writes. No counter may ever be used twice, so
 * the plain name is taken only when every peer has said that it has heard of no write under it. A node that
 * lost its disk, or that cannot know, takes a name nobody had before.
 *
 * @param answers what each configured peer said; undefined for one that did not answer
 * @param mark lower-case letters and digits, random enough never to come twice
 */
export function chooseIdentity(
  name: string,
  answers: readonly (Heartbeat | undefined)[],
  mark: string,
): NodeId {
  const unused = answers.every((answer) => answer !== undefined && counterOf(answer.heardOf, name) === 0);
  return unused ? name : incarnationOf(name, mark);
}

/** 32 bits from the source of chance given, so that a simulation repeats itself to the name. */
export function incarnationMark(random: () => number): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}
