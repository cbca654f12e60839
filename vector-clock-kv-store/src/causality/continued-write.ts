import { counterOf, tick } from './vector-clock.ts';
import type { KeyValue, Write } from './write.ts';

/** 16 entries: more than most clusters have nodes. A short message must not make its receiver copy a large clock for each write. */
const MAX_ENTRIES = 16;

/**
 * Reports whether a write continues the one before it: it is the next write of the same run of its sender, made at the same
 * time, with nothing delivered in between. Only its key and its value are then worth sending or storing.
 */
export function continues(previous: Write, write: Write): boolean {
  const { at, life, sender, vc } = write;
  if (sender !== previous.sender || at !== previous.at || life !== previous.life) return false;
  let entries = 0;
  for (const node in vc) {
    const step = node === sender ? 1 : 0;
    if (counterOf(vc, node) - counterOf(previous.vc, node) !== step || ++entries > MAX_ENTRIES) return false;
  }
  for (const _node in previous.vc) entries--;
  return entries === 0;
}

/** Reports whether a write may be continued. */
export function mayBeContinued({ sender, vc }: Write): boolean {
  let entries = 0;
  for (const _node in vc) if (++entries > MAX_ENTRIES) return false;
  return counterOf(vc, sender) < Number.MAX_SAFE_INTEGER;
}

/** Returns the write of a key and a value that continues another one. */
export function continuedWrite(previous: Write, { key, value }: KeyValue): Write {
  const { at, life, sender } = previous;
  const vc = tick(previous.vc, sender);
  // Not spread from the one before: code runs faster on objects of one shape, that of `Replica.write`.
  if (at !== undefined && life !== undefined) return { sender, key, value, vc, at, life };
  return {
    sender,
    key,
    value,
    vc,
    ...(at === undefined ? {} : { at }),
    ...(life === undefined ? {} : { life }),
  };
}
