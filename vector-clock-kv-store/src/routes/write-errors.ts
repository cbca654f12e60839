import { UnavailableError } from '@gridclock/service-kit';
import { OverBudgetError } from '@gridclock/service-kit/budget';
import { LogFullError } from '../replication/log-limit.ts';
import { DiskFullError } from '../storage/full-disk.ts';
import { InstallingError } from '../store/write-gate.ts';

/** Maps an error of a write that this node cannot take now to a 503 that names the cause; returns any other error. */
export function unavailable(error: unknown): unknown {
  if (error instanceof InstallingError) return new UnavailableError(error.message);
  if (error instanceof OverBudgetError) {
    const { budget, limits } = error;
    return new UnavailableError(error.message, {
      code: 'over_budget',
      budget,
      limit: limits.count,
      limit_bytes: limits.bytes,
    });
  }
  if (error instanceof LogFullError)
    return new UnavailableError(error.message, {
      code: 'over_budget',
      budget: 'log',
      limit_bytes: error.limitBytes,
    });
  if (error instanceof DiskFullError)
    return new UnavailableError(
      'The disk of this node is full; it serves reads only. Write to another node. ' +
        'A write that was in progress may still be stored once there is room',
      { code: 'disk_full', reason: 'disk-full' },
    );
  return error;
}
