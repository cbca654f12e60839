/** The log refuses writes of clients, because it cannot be pruned; they must be sent again later. */
export class LogFullError extends Error {
  override readonly name = 'LogFullError';
  readonly limitBytes: number;

  constructor(limitBytes: number, behind: readonly string[]) {
    super(
      `The log of this node is full of writes that ${behind.join(', ') || 'a member'} has not received and cannot ` +
        'fetch as a snapshot; write again once that member is back or removed',
    );
    this.limitBytes = limitBytes;
  }
}

/** Half as much again as the limit to which the log is pruned: a burst of writes may precede the next round. */
const HARD_LIMIT = 1.5;

/** Returns the size at which the log refuses writes of clients. @param limitBytes `LogRetention.limitBytes` */
export function hardLimitBytes(limitBytes: number): number {
  return Math.ceil(limitBytes * HARD_LIMIT);
}
