import type { Write } from '../../src/causality/write.ts';

/** A write that depends only on its sender's previous writes. */
export const write = (
  sender: string,
  counter: number,
  key = 'x',
  value: NonNullable<unknown> = counter,
): Write => ({ sender, key, value, vc: { [sender]: counter } });

/** A log limit that no test reaches. */
export const noLimit = { writes: 100, bytes: 1_000_000 };
