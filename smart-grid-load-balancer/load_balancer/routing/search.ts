import type { DispatchOrder, IdentifiedChargeRequest } from '@gridclock/grid-protocol';
import type { Placement, Room } from './placement.ts';

/** One round of looking for a place for one request: whom it was sent to, and what they had left. */
export class Search {
  readonly request: IdentifiedChargeRequest;
  readonly asked = new Set<string>();
  readonly #round: number;
  #messages = 0;
  readonly #rooms = new Map<string, Room>();

  constructor(request: IdentifiedChargeRequest, round: number) {
    this.request = request;
    this.#round = round;
  }

  /** How many substations were asked. */
  get hops(): number {
    return this.asked.size;
  }

  /** The place of the next message among all about this request. */
  nextOrder(): DispatchOrder {
    const order = { round: this.#round, attempt: this.#messages };
    this.#messages += 1;
    return order;
  }

  /** What a substation has left, by the view or, better, by its own word. */
  noteRoom(id: string, room: Room): void {
    this.#rooms.set(id, room);
  }

  /** It cannot be asked. */
  noteAbsent(id: string): void {
    this.#rooms.delete(id);
  }

  /** The answer when nobody is left to be asked. */
  nowhere(): Placement {
    const { hops } = this;
    const rooms = [...this.#rooms.values()].sort((a, b) => b.available - a.available);
    const [roomiest] = rooms;
    if (roomiest === undefined) return { kind: 'unavailable', hops };
    return { kind: 'full', roomiest, largest: Math.max(...rooms.map(({ capacity }) => capacity)), hops };
  }
}
