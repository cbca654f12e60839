import type { Checks } from '../report/checks.ts';

/** Something that takes up room on the engine. */
export type Removable = {
  name: string;
  remove: () => Promise<void>;
  /** What of it is still there; nothing once it is removed. */
  left: () => Promise<string[]>;
};

/** Runs `body`, and then, however that ended, removes what it used, and sees that it is gone. */
export async function withRemoval(
  checks: Checks,
  { name, left, remove }: Removable,
  body: () => Promise<void>,
): Promise<void> {
  try {
    await body();
  } finally {
    await checks.finish(`nothing is left of ${name}`, async () => {
      await remove();
      const still = await left();
      if (still.length > 0) throw new Error(still.join(' '));
      return undefined;
    });
  }
}
