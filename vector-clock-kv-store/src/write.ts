import { type Dot, entry, type NodeId, type VectorClock } from './vector-clock.ts';

/** Anything JSON can say but null, which stands for "no value". */
export type Value = NonNullable<unknown>;

/**
 * One write as it travels between nodes and lies in the log.
 * `vc` is the writing node's clock with this write counted, so its entry for `sender` is the write's number.
 */
export type Write = { sender: NodeId; key: string; value: Value; vc: VectorClock };

/** The name of a write. */
export function dotOf(write: Pick<Write, 'sender' | 'vc'>): Dot {
  return { node: write.sender, counter: entry(write.vc, write.sender) };
}
