/** The disk has no room for a write. Nothing of it was stored. */
export class DiskFullError extends Error {
  override readonly name = 'DiskFullError';
}

/** Runs a transaction that changes nothing if it rejects, and may run it again after a DiskFullError. */
export type RunTransaction = (attempt: () => Promise<void>) => Promise<void>;

/** Runs a transaction without repeating it. */
export const runOnce: RunTransaction = (attempt) => attempt();

/** Whether the disk is full, and when that changes. */
export type DiskState = {
  /** Set while writes wait for room on the disk. */
  readonly full: DiskFullError | undefined;
  /** Calls the listener when the disk becomes full, and with undefined once there is room again. */
  subscribe(listener: (full: DiskFullError | undefined) => void): void;
};
