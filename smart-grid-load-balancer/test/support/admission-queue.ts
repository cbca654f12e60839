import type { Priority } from '@gridclock/grid-protocol';
import { VirtualClock } from '@gridclock/simulation-kit';
import { AdmissionQueue, type QueuedRequest } from '../../load_balancer/routing/admission-queue.ts';
import type { Placement } from '../../load_balancer/routing/placement.ts';

/** In kW. */
export const CAPACITY = 100;

/** The refusal of a substation with the given free capacity. */
export const full = (available: number): Extract<Placement, { kind: 'full' }> => ({
  kind: 'full',
  roomiest: { load: CAPACITY - available, capacity: CAPACITY, available },
  largestCapacity: CAPACITY,
  hops: 1,
});

/** Capacity for low and normal priority, in kW: the rest is reserved for high priority. */
const UNRESERVED_CAPACITY = 80;

/** Creates a queue for one substation of 100 kW, and records what happens to its requests. */
export function startQueue({ maxQueue = 10, free = 0 } = {}) {
  const clock = new VirtualClock();
  const queue = new AdmissionQueue({ maxQueue, maxWaitMs: 5_000, scheduler: clock });
  const events: string[] = [];
  let left = free;
  let tries = 0;
  const submit = (
    name: string,
    priority: Priority = 'normal',
    amount = 10,
    findExisting?: QueuedRequest['findExisting'],
    withdrawn?: AbortSignal,
  ) => {
    const placement = queue.submit({
      priority,
      ...(withdrawn && { withdrawn }),
      fitsWhenEmpty: () => amount <= (priority === 'high' ? CAPACITY : UNRESERVED_CAPACITY),
      findExisting,
      fits: () => amount <= left,
      async place(): Promise<Placement> {
        tries += 1;
        if (amount > left) return full(left);
        left -= amount;
        return { kind: 'unavailable', hops: 1 };
      },
    });
    void placement.then(({ kind }) => events.push(`${name} ${names[kind] ?? 'placed'}`));
    return placement;
  };
  const release = async (amount: number) => {
    left += amount;
    await queue.admit();
  };
  return { clock, events, queue, release, submit, tries: () => tries };
}

const names: Partial<Record<Placement['kind'], string>> = { full: 'rejected', withdrawn: 'withdrawn' };

/** Runs all pending promise callbacks. */
export const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
