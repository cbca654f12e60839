import type { Placement } from './placement.ts';

/**
 * Tells the copies of one request apart from further requests, so that they are counted once. A sender sends a copy on
 * another connection while it waits for the response to the first one; both get the same placement.
 */
export class ConcurrentCopies {
  readonly #running = new Map<string, { copies: number; isCounted: boolean }>();

  /**
   * Begins a copy.
   *
   * @param copyId the same for all copies, and unique; undefined for a request that has none
   * @returns ends the copy, and returns whether its placement counts
   */
  begin(copyId: string | undefined): (placement: Placement | undefined) => boolean {
    if (copyId === undefined) return () => true;
    const request = this.#running.get(copyId) ?? { copies: 0, isCounted: false };
    this.#running.set(copyId, request);
    request.copies += 1;
    return (placement) => {
      request.copies -= 1;
      if (request.copies === 0) this.#running.delete(copyId);
      // One that was withdrawn says nothing about the others.
      const isOutcome = placement?.kind !== 'withdrawn' || request.copies === 0;
      const counts = placement !== undefined && isOutcome && !request.isCounted;
      request.isCounted ||= counts;
      return counts;
    };
  }
}
