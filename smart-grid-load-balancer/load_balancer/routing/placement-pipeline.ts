import type { IdentifiedChargeRequest, RequestHistory } from '@gridclock/grid-protocol';
import type { GridView } from '../fleet/grid-view.ts';
import type { Member } from '../transport/transport.ts';
import type { AdmissionQueue } from './admission-queue.ts';
import type { Dispatcher } from './dispatch.ts';
import type { Placement } from './placement.ts';
import type { RequestDeduplicator } from './request-deduplicator.ts';

export type PlacementPipelineOptions = {
  deduplicator: RequestDeduplicator;
  queue: AdmissionQueue;
  dispatcher: Dispatcher;
  view: GridView;
  /** Milliseconds, of the view's clock. */
  now: () => number;
  /** Called after each placement. */
  onPlaced: (request: IdentifiedChargeRequest, placement: Placement) => void;
};

/** The path of every charge request through the balancer: deduplicate, queue, dispatch. */
export class PlacementPipeline {
  readonly #options: PlacementPipelineOptions;

  constructor(options: PlacementPipelineOptions) {
    this.#options = options;
  }

  /**
   * Places one charge request.
   *
   * @param history what the sender knows about the request_id
   * @param deadline when the sender gives up, by the view's clock
   * @param senderLeft whether the sender has closed its connection
   */
  async place(
    request: IdentifiedChargeRequest,
    history: RequestHistory,
    deadline = Number.POSITIVE_INFINITY,
    senderLeft: () => boolean = () => false,
  ): Promise<Placement> {
    const { deduplicator, dispatcher, now, onPlaced, queue, view } = this.#options;
    const { charge_amount: amount, priority } = request;

    const place = (possibleHolder: Member | undefined) =>
      queue.submit({
        priority,
        deadline,
        fitsWhenEmpty: () => view.hasRoomWhenEmpty(amount, priority, now()),
        fits: () => view.hasRoom(amount, priority, now()),
        findExisting:
          possibleHolder !== undefined || history === 'repeated'
            ? () => dispatcher.findExisting(request, history, deadline, possibleHolder)
            : undefined,
        place: (waited) =>
          dispatcher.place(
            request,
            waited ? historyAfterWaiting(history, senderLeft()) : history,
            deadline,
            possibleHolder,
          ),
      });
    const placement = await deduplicator.run(request, place, history);
    onPlaced(request, placement);
    return placement;
  }
}

/**
 * While a request waited, its sender may have tried another balancer. That is impossible only if the sender alone
 * knows the id and is still connected here.
 */
function historyAfterWaiting(history: RequestHistory, senderLeft: boolean): RequestHistory {
  return history === 'new' && !senderLeft ? 'new' : 'repeated';
}
