import { type Scheduler, sleep } from '../scheduler.ts';
import type { Strike, StrikeKind } from './strikes.ts';

/** What strikes are carried out on. */
export interface Battlefield {
  /** @returns false when it could not be, such as the killing of a node that is down */
  begin(strike: Strike): Promise<boolean>;
  end(strike: Strike): Promise<void>;
}

/** How many strikes of each kind took place. */
export type StrikeCounts = Partial<Record<StrikeKind, number>>;

/**
 * Carries strikes out at their times; they may overlap. Resolves when the last is over.
 *
 * @param tell called for each that took place
 */
export async function runStrikes(
  strikes: readonly Strike[],
  battlefield: Battlefield,
  scheduler: Scheduler,
  tell: (strike: Strike) => void = () => {},
): Promise<StrikeCounts> {
  const counts: StrikeCounts = {};
  const start = scheduler.now();
  await Promise.all(
    strikes.map(async (strike) => {
      await sleep(scheduler, start + strike.atMs - scheduler.now());
      if (!(await battlefield.begin(strike))) return;
      counts[strike.kind] = (counts[strike.kind] ?? 0) + 1;
      tell(strike);
      await sleep(scheduler, strike.forMs);
      await battlefield.end(strike);
    }),
  );
  return counts;
}
