import type { NodeId } from './node-id.ts';
import { counterOf, type Dot, type VectorClock } from './vector-clock.ts';

/** Anything JSON can say but null. */
export type Value = NonNullable<unknown>;

/**
 * One write as it travels between nodes and lies in the log.
 * `vc` is the writing node's clock with this write counted, so its entry for `sender` is the write's number.
 * A value of null deletes the key: a write like any other (a tombstone), until nobody can need it any more.
 * `at` is when it was made, in milliseconds since 1970 by the writer's clock: for people and metrics, never for
 * ordering anything.
 */
export type Write = { sender: NodeId; key: string; value: Value | null; vc: VectorClock; at?: number };

/** The name of a write. */
export function dotOf(write: Pick<Write, 'sender' | 'vc'>): Dot {
  return { node: write.sender, counter: counterOf(write.vc, write.sender) };
}
