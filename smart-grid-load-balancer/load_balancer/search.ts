import type { DispatchOrder, IdentifiedChargeRequest } from '@gridclock/grid-protocol';
import type { Placement } from './placement.ts';

/** One round of looking for a place for one request: whom it was sent to, and what they had left. */
export class Search {
  readonly request: IdentifiedChargeRequest;
  readonly asked = new Set<string>();
  #round: number;
  #messages = 0;
  #room = new Map<string, { available: number; capacity: number }>();

  constructor(request: IdentifiedChargeRequest, round: number) {
    this.request = request;
    this.#round = round;
  }

  get hops(): number {
    return this.asked.size;
  }

  /** The place of the next message among all about this request. */
  nextOrder(): DispatchOrder {
    const order = { round: this.#round, attempt: this.#messages };
    this.#messages += 1;
    return order;
  }

  /** What a substation could take, in kW, by the view or, better, by its own word. */
  noteRoom(id: string, available: number, capacity: number): void {
    this.#room.set(id, { available: Math.max(0, available), capacity });
  }

  /** It cannot be asked. */
  noteAbsent(id: string): void {
    this.#room.delete(id);
  }

  /** The answer when nobody is left to be asked. */
  nowhere(): Placement {
    const { hops } = this;
    const rooms = [...this.#room.values()];
    if (rooms.length === 0) return { kind: 'unavailable', hops };
    return {
      kind: 'full',
      available: Math.max(...rooms.map((room) => room.available)),
      capacity: Math.max(...rooms.map((room) => room.capacity)),
      hops,
    };
  }
}
