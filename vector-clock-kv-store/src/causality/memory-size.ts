import { utf8Length } from './utf8-length.ts';
import type { Write } from './write.ts';

/** An object or array header with its property storage; measured with V8 on 64 bits, rounded up. */
const CONTAINER_BYTES = 56;

/** A slot of an object or array, and a boxed number. */
const SLOT_BYTES = 16;

/** A string's header, with padding. Its characters take at most their length in UTF-8. */
const STRING_BYTES = 24;

/**
 * Estimates how many bytes of memory a parsed JSON value takes. Many small objects take ten times their JSON.
 * Iterative: a deeply nested value would overflow the stack.
 */
export function memoryBytes(value: unknown): number {
  if (typeof value === 'string') return SLOT_BYTES + STRING_BYTES + utf8Length(value);
  let bytes = 0;
  const pending: unknown[] = [value];
  while (pending.length > 0) {
    const next = pending.pop();
    bytes += SLOT_BYTES;
    if (typeof next === 'string') bytes += STRING_BYTES + utf8Length(next);
    else if (Array.isArray(next)) {
      bytes += CONTAINER_BYTES;
      for (const item of next) pending.push(item);
    } else if (typeof next === 'object' && next !== null) {
      bytes += CONTAINER_BYTES;
      // Safe: any name of an object may be asked for. Without a list of entries, because every write is measured.
      const members = next as Record<string, unknown>;
      for (const name in members) {
        bytes += STRING_BYTES + utf8Length(name);
        pending.push(members[name]);
      }
    }
  }
  return bytes;
}

/** Estimates how many bytes of memory a write takes, its clock included. */
export function writeMemoryBytes({ key, value, vc }: Write): number {
  let bytes = memoryBytes(key) + memoryBytes(value) + SLOT_BYTES + CONTAINER_BYTES;
  // The ids of nodes are ASCII.
  for (const node in vc) bytes += STRING_BYTES + node.length + SLOT_BYTES;
  return bytes;
}
