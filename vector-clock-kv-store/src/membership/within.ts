import type { Scheduler } from '@gridclock/service-kit/scheduler';

/** Resolves to the result; to undefined if the promise rejects or takes longer than `limitMs`. */
export function within<Result>(
  limitMs: number,
  scheduler: Scheduler,
  promise: Promise<Result>,
): Promise<Result | undefined> {
  return new Promise((resolve) => {
    const cancel = scheduler.after(limitMs, () => resolve(undefined));
    promise.then(resolve, () => resolve(undefined)).finally(cancel);
  });
}
