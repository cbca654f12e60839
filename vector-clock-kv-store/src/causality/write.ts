import type { NodeId } from './node-id.ts';
import { counterOf, type Dot, type VectorClock } from './vector-clock.ts';

/** Any JSON value except null. */
export type Value = NonNullable<unknown>;

/** One write, as nodes exchange it and store it in the log. */
export type Write = {
  /** The node that made the write. */
  sender: NodeId;
  key: string;
  /** Null deletes the key: the write is then a tombstone, kept until every node has it. */
  value: Value | null;
  /** The sender's clock with this write counted, so the sender's entry is the write's number. */
  vc: VectorClock;
  /** The sender's wall clock, in milliseconds since 1970. For people and metrics; never orders writes. */
  at?: number;
  /** The run of the sender's process that made the write. Tells apart two processes that share an id. */
  life?: string;
};

/** A key and the value to write to it; null deletes the key. */
export type KeyValue = Pick<Write, 'key' | 'value'>;

/** Returns the dot that identifies a write. */
export function dotOf(write: Pick<Write, 'sender' | 'vc'>): Dot {
  return { node: write.sender, counter: counterOf(write.vc, write.sender) };
}
