import type { Checks } from '../report/checks.ts';

/** Something that occupies the engine until it is removed. */
export type Removable = {
  name: string;
  remove: () => Promise<void>;
  /** Lists what still exists of it; empty once it is removed. */
  leftovers: () => Promise<string[]>;
};

/** Runs `body`, then removes what it used, even if it fails, and checks that nothing remains. */
export async function withRemoval(
  checks: Checks,
  { leftovers, name, remove }: Removable,
  body: () => Promise<void>,
): Promise<void> {
  try {
    await body();
  } finally {
    await checks.cleanup(`removing ${name} leaves nothing behind`, async () => {
      await remove();
      const remaining = await leftovers();
      if (remaining.length > 0) throw new Error(`still on the engine: ${remaining.join(' ')}`);
      return undefined;
    });
  }
}
