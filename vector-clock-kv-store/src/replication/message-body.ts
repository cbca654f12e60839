import type { Write } from '../causality/write.ts';
import { jsonOf, jsonOfAll } from '../storage/encoded-write.ts';
import { listOf } from '../storage/write-list.ts';
import { SHORT_WRITES } from './wire-formats.ts';

/** Returns the body of a message in a version of the messages between nodes: a write, or a list of several. */
export function messageBody(writes: readonly Write[], version: number): string {
  const [first, ...others] = writes.slice(0, 2);
  if (first !== undefined && others.length === 0) return jsonOf(first);
  return version >= SHORT_WRITES ? listOf(writes) : jsonOfAll(writes);
}
