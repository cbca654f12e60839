import { RETIRED_KEY, retirementValue } from '../../src/causality/retirements.ts';
import type { VectorClock } from '../../src/causality/vector-clock.ts';
import type { Write } from '../../src/causality/write.ts';
import { MAX_CLOCK_ENTRIES } from '../../src/limits.ts';
import type { Storage } from '../../src/storage/storage.ts';

/** The clock with the most entries, the longest ids and the longest counters that a node receives. */
export const longestClock: VectorClock = Object.fromEntries(
  Array.from({ length: MAX_CLOCK_ENTRIES }, (_, index) => [
    `${'n'.repeat(63)}~${String(index).padStart(16, '0')}`,
    Number.MAX_SAFE_INTEGER,
  ]),
);

/** Stores the last writes of all ids in that clock, and a write of `node2` that retires the ids. */
export async function storeRetiredIds(storage: Storage): Promise<void> {
  const ids = Object.keys(longestClock);
  const writes = ids.map((sender): Write => {
    return { sender, key: sender, value: 1, vc: { [sender]: Number.MAX_SAFE_INTEGER } };
  });
  const vc = { ...longestClock, node2: 1 };
  await storage.commit([...writes, { sender: 'node2', key: RETIRED_KEY, value: retirementValue(ids), vc }]);
}
