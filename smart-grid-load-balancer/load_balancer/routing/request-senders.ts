import { Cancellation, type CancelSignal } from '@gridclock/service-kit/cancellation';

type Group = {
  /** Senders that have not left and may still do so, or that stay. */
  present: number;
  running: number;
  withdrawn: Cancellation;
  ended: Promise<void>;
  end: () => void;
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
    for (let group = this.#groups.get(id); group?.withdrawn.aborted; group = this.#groups.get(id))
      await group.ended;
    const group = this.#groups.get(id) ?? createGroup();
    this.#groups.set(id, group);
    group.running += 1;
    group.present += 1;
    const leave = () => {
      group.present -= 1;
      if (group.present === 0) group.withdrawn.abort();
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
        group.end();
      }
    }
  }
}

function createGroup(): Group {
  let end = () => {};
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { present: 0, running: 0, withdrawn: new Cancellation(), ended, end };
}
