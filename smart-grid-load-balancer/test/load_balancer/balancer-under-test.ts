import type { IdentifiedChargeRequest, RequestHistory } from '@gridclock/grid-protocol';
import { GridView, gridViewOptions } from '../../load_balancer/fleet/grid-view.ts';
import { createPolicy } from '../../load_balancer/policies/index.ts';
import { Dispatcher } from '../../load_balancer/routing/dispatch.ts';
import type { Placement } from '../../load_balancer/routing/placement.ts';
import { OncePerRequest } from '../../load_balancer/routing/request-deduplicator.ts';
import { hastyClock, type InMemoryGrid } from './in-memory-grid.ts';

/** A balancer's routing on an in-memory grid, without HTTP. A new one remembers nothing, like a restarted one. */
export class BalancerUnderTest {
  readonly view = new GridView(gridViewOptions(1_000_000, 1_000_000));
  retries = 0;
  /** Whether there may be a substation that it does not know yet. */
  unheard = false;
  readonly #clock = hastyClock();
  readonly #dispatcher: Dispatcher;
  readonly #oncePerRequest: OncePerRequest;

  constructor(grid: InMemoryGrid, nextRound: () => number) {
    const { view } = this;
    for (const { id } of grid.members) {
      view.add(id);
      const { capacity, load } = grid.substation(id);
      view.polled(id, { load, capacity }, this.#clock.now(), this.#clock.now());
    }
    this.#dispatcher = new Dispatcher({
      view,
      fleet: {
        members: grid.members,
        find: (id) => grid.members.find((member) => member.id === id),
        failed: (id) => void view.failed(id, this.#clock.now()),
      },
      unheard: () => this.unheard,
      transport: grid,
      policy: createPolicy('least-load'),
      clock: this.#clock,
      random: () => 0.5,
      nextRound,
      onRetry: () => {
        this.retries += 1;
      },
    });
    this.#oncePerRequest = new OncePerRequest({ rememberMs: 1_000_000, limit: 1000, now: () => 0 });
  }

  place(request: IdentifiedChargeRequest, history: RequestHistory = 'new'): Promise<Placement> {
    return this.#oncePerRequest.run(request, (openAt) => this.#dispatcher.place(request, history, openAt));
  }
}

/** Rounds that only ever grow, whichever balancer asks. */
export function counter(): () => number {
  let last = 0;
  return () => ++last;
}
