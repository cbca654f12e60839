import type { Write } from '../../src/causality/write.ts';

/** The write of that number by a sender who has seen nothing else. */
export const write = (
  sender: string,
  counter: number,
  key = 'x',
  value: NonNullable<unknown> = counter,
): Write => ({ sender, key, value, vc: { [sender]: counter } });

/** Room in one reading of the log for all that a test ever writes. */
export const roomy = { writes: 100, bytes: 1_000_000 };
