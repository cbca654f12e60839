import type { Checks } from './checks.ts';

/** Something that takes up room on the engine. */
export type Removable = {
  name: string;
  remove: () => Promise<void>;
  /** What of it is still there; nothing once it is removed. */
  left: () => Promise<string[]>;
};

/** What is to be removed when the run is interrupted; what came later is built upon what came before. */
const inUse: Removable[] = [];

async function removeAll(): Promise<void> {
  for (const used of inUse.splice(0).reverse()) {
    await used.remove().catch((error: unknown) => console.error(`${used.name} is still there:`, error));
  }
  process.exit(1);
}

const onSignal = () => void removeAll();

/** Runs `body`, and then, or when the run is interrupted, removes what it used, and sees that it is gone. */
export async function withRemoval(
  checks: Checks,
  { name, left, ...used }: Removable,
  body: () => Promise<void>,
): Promise<void> {
  let removal: Promise<void> | undefined;
  // An interrupted body fails, and its removal then meets the one that the signal began.
  const remove = () => {
    removal ??= used.remove();
    return removal;
  };
  if (inUse.length === 0) for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, onSignal);
  inUse.push({ name, remove, left });
  try {
    await body();
  } finally {
    await checks.check(`nothing is left of ${name}`, async () => {
      await remove();
      const still = await left();
      if (still.length > 0) throw new Error(still.join(' '));
      return undefined;
    });
    inUse.pop();
    if (inUse.length === 0) for (const signal of ['SIGINT', 'SIGTERM']) process.off(signal, onSignal);
  }
}
