import { type Scheduler, sleep } from '@gridclock/service-kit/scheduler';
import { type FaultKind, faultKinds, type InjectedFault } from './fault-schedule.ts';

/** Begins and ends faults in one environment: simulated nodes, local processes or containers. */
export interface FaultInjector {
  /** Resolves to false when the fault is not possible now, such as killing a node that is down. */
  begin(fault: InjectedFault): Promise<boolean>;
  end(fault: InjectedFault): Promise<void>;
}

/** How many faults of each kind were injected. */
export type FaultCounts = Partial<Record<FaultKind, number>>;

export type FaultInjectionOptions = {
  /** When it aborts, no further fault begins and active faults end at once. */
  stop?: AbortSignal;
  /** Called for each fault that has begun. */
  onInjected?: (fault: InjectedFault) => void;
  /** Called for each fault that has ended. */
  onEnded?: (fault: InjectedFault) => void;
  /** Called when a fault could not begin or end. Abort `stop` to end the others at once. */
  onFailed?: () => void;
};

/**
 * Injects faults at their scheduled times; they may overlap. Settles when the last one has ended.
 *
 * @throws the first error of an injector
 */
export async function injectFaults(
  faults: readonly InjectedFault[],
  injector: FaultInjector,
  scheduler: Scheduler,
  { stop, onInjected, onEnded, onFailed }: FaultInjectionOptions = {},
): Promise<FaultCounts> {
  const counts: FaultCounts = {};
  const start = scheduler.now();
  const inject = async (fault: InjectedFault) => {
    await sleep(scheduler, start + fault.atMs - scheduler.now(), stop);
    if (stop?.aborted || !(await injector.begin(fault))) return;
    counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
    onInjected?.(fault);
    await sleep(scheduler, fault.forMs, stop);
    await injector.end(fault);
    onEnded?.(fault);
  };
  const ended = await Promise.allSettled(
    faults.map((fault) =>
      inject(fault).catch((error: unknown) => {
        onFailed?.();
        throw error;
      }),
    ),
  );
  const failure = ended.find((outcome) => outcome.status === 'rejected');
  if (failure !== undefined) throw failure.reason;
  return counts;
}

/** Formats counts as one line: `5: 2 kill, 3 pause`, or `none`. */
export function formatFaultCounts(counts: FaultCounts): string {
  const kinds = faultKinds.flatMap((kind) => (counts[kind] === undefined ? [] : [`${counts[kind]} ${kind}`]));
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return kinds.length === 0 ? 'none' : `${total}: ${kinds.join(', ')}`;
}
