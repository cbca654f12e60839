import type { Scheduler } from '@gridclock/service-kit';
import type { Strike, StrikeKind } from './strikes.ts';

/** What strikes are carried out on. */
export interface Battlefield {
  /** @returns false when it could not be, such as the killing of a node that is down */
  begin(strike: Strike): Promise<boolean>;
  end(strike: Strike): Promise<void>;
}

/** How many strikes of each kind took place. */
export type StrikeCounts = Partial<Record<StrikeKind, number>>;

export type StrikeRunOptions = {
  /** Once it fires, no further strike begins, and those under way end at once. */
  stop?: AbortSignal;
  /** Called for each that took place. */
  tell?: (strike: Strike) => void;
};

/** Carries strikes out at their times; they may overlap. Resolves when the last is over. */
export async function runStrikes(
  strikes: readonly Strike[],
  battlefield: Battlefield,
  scheduler: Scheduler,
  { stop, tell }: StrikeRunOptions = {},
): Promise<StrikeCounts> {
  const counts: StrikeCounts = {};
  const start = scheduler.now();
  await Promise.all(
    strikes.map(async (strike) => {
      await pause(scheduler, start + strike.atMs - scheduler.now(), stop);
      if (stop?.aborted || !(await battlefield.begin(strike))) return;
      counts[strike.kind] = (counts[strike.kind] ?? 0) + 1;
      tell?.(strike);
      await pause(scheduler, strike.forMs, stop);
      await battlefield.end(strike);
    }),
  );
  return counts;
}

function pause(scheduler: Scheduler, ms: number, stop: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (stop?.aborted) {
      resolve();
      return;
    }
    const over = () => {
      cancel();
      stop?.removeEventListener('abort', over);
      resolve();
    };
    const cancel = scheduler.after(ms, over);
    stop?.addEventListener('abort', over);
  });
}
