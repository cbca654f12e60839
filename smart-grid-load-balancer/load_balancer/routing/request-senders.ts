import { Cancellation, type CancelSignal } from '@gridclock/service-kit/cancellation';

type Group = {
  /** Senders that have not left and may still do so, or that stay. */
  present: number;
  running: number;
  withdrawn: Cancellation;
  /** Called when the last of them has its placement, for those that came too late to share it. */
  waiting: (() => void)[];
};

/**
 * Knows who waits for each request_id, because a charge service may send one request on several connections. A request
 * is withdrawn once all of its senders have left.
 */
export class RequestSenders {
  readonly #groups = new Map<string, Group>();

  /**
   * Runs one sender's request.
   *
   * @param left aborts when the sender leaves; undefined for one that comes back for its response
   * @param place gets the signal that the request is withdrawn
   */
  async run<Result>(
    id: string,
    left: CancelSignal | undefined,
    place: (withdrawn: CancelSignal) => Promise<Result>,
  ): Promise<Result> {
    // A new sender must not get the response to a request that was withdrawn before it came.
    let group = this.#groups.get(id);
    for (; group?.withdrawn.aborted; group = this.#groups.get(id)) await endOf(group);
    if (group === undefined) {
      group = { present: 0, running: 0, withdrawn: new Cancellation(), waiting: [] };
      this.#groups.set(id, group);
    }
    const own = group;
    group.running += 1;
    group.present += 1;
    const leave = () => {
      own.present -= 1;
      if (own.present === 0) own.withdrawn.abort();
    };
    if (left?.aborted) leave();
    else left?.addEventListener('abort', leave, { once: true });
    try {
      return await place(group.withdrawn);
    } finally {
      left?.removeEventListener('abort', leave);
      group.running -= 1;
      if (group.running === 0) {
        this.#groups.delete(id);
        for (const wake of group.waiting) wake();
      }
    }
  }
}

function endOf({ waiting }: Group): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
  });
}
