/** Remembers ids for some time. */
export type IdMemory = {
  has: (id: string) => boolean;
  add: (id: string) => unknown;
  delete: (id: string) => unknown;
};

/**
 * What a request has left behind: `session` if a vehicle may be charging under its id; `nothing-sent` if this
 * request reached no substation, though an earlier one may have; `nothing` if no session exists for certain.
 */
export type RequestTrace = 'session' | 'nothing-sent' | 'nothing';

/**
 * The request ids that this process has received or generated, as far as a vehicle may be charging under them. A
 * definite no ends that: the next request with the id is like its first.
 */
export class SeenRequests {
  readonly #memory: IdMemory;
  readonly #inFlight = new Map<string, number>();

  constructor(memory: IdMemory) {
    this.#memory = memory;
  }

  /** Records that a request begins. Returns whether an earlier one may have left a session. */
  begin(id: string): boolean {
    const inFlight = this.#inFlight.get(id) ?? 0;
    this.#inFlight.set(id, inFlight + 1);
    return inFlight > 0 || this.#memory.has(id);
  }

  /** Records that a request has ended. Requests with the same id that are still in flight stay uncertain. */
  end(id: string, trace: RequestTrace): void {
    const others = (this.#inFlight.get(id) ?? 1) - 1;
    if (others === 0) this.#inFlight.delete(id);
    else this.#inFlight.set(id, others);
    if (trace === 'session') this.#memory.add(id);
    else if (trace === 'nothing') this.#memory.delete(id);
  }
}
