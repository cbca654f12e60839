import type { IdentifiedChargeRequest, RequestHistory } from '@gridclock/grid-protocol';
import type { CancelSignal } from '@gridclock/service-kit/cancellation';
import type { RetryBudget } from '@gridclock/service-kit/retry-budget';
import type { GridView } from '../fleet/grid-view.ts';
import type { AdmissionQueue, QueuedRequest } from './admission-queue.ts';
import { ConcurrentCopies } from './concurrent-copies.ts';
import type { Dispatcher } from './dispatch.ts';
import type { Placement } from './placement.ts';
import type { RequestDeduplicator } from './request-deduplicator.ts';
import type { PossibleHolder } from './request-records.ts';
import { RequestSenders } from './request-senders.ts';

export type PlacementPipelineOptions = {
  deduplicator: RequestDeduplicator;
  queue: AdmissionQueue;
  dispatcher: Dispatcher;
  view: GridView;
  /** Grows with the requests. */
  retryBudget: Pick<RetryBudget, 'request'>;
  /** Milliseconds, of the view's clock. */
  now: () => number;
  /** Keeps an operation in the trace of the request in progress; undefined where tracing is off. */
  keepTrace?: ((place: QueuedRequest['place']) => QueuedRequest['place']) | undefined;
  /** Called after each placement; for copies of one request that are placed together, once. */
  onPlaced: (request: IdentifiedChargeRequest, placement: Placement) => void;
};

/** What is known about the sender of a charge request. */
export type Sender = {
  /** When it gives up, by the view's clock; by default never. */
  deadline?: number;
  /** Aborts when it closes its connection. */
  left?: CancelSignal;
  /** Whether its request is given up when it leaves. If not, it comes back for the response. */
  withdraws?: boolean;
  /** How many messages may go to substations that do not answer. */
  attempts?: number | undefined;
  /** The same for all copies of the request that it sends, and unique. */
  copyId?: string | undefined;
};

/** The path of every charge request through the balancer: deduplicate, queue, dispatch. */
export class PlacementPipeline {
  readonly #options: PlacementPipelineOptions;
  readonly #senders = new RequestSenders();
  readonly #copies = new ConcurrentCopies();

  constructor(options: PlacementPipelineOptions) {
    this.#options = options;
  }

  /**
   * Places one charge request.
   *
   * @param history what the sender knows about the request_id
   */
  async place(
    request: IdentifiedChargeRequest,
    history: RequestHistory,
    { deadline = Number.POSITIVE_INFINITY, left, withdraws = false, attempts, copyId }: Sender = {},
  ): Promise<Placement> {
    const { deduplicator, dispatcher, keepTrace, now, onPlaced, queue, retryBudget, view } = this.#options;
    const { charge_amount: amount, priority } = request;

    const place = (withdrawn: CancelSignal) => (possibleHolder: PossibleHolder | undefined) => {
      const limits = { deadline, withdrawn, attempts };
      retryBudget.request();
      const placeIt = (waited: boolean) =>
        dispatcher.place(
          request,
          waited ? historyAfterWaiting(history, left?.aborted ?? false) : history,
          limits,
          possibleHolder,
        );
      return queue.submit({
        priority,
        deadline,
        withdrawn,
        fitsWhenEmpty: () => view.hasRoomWhenEmpty(amount, priority, now()),
        fits: () => view.hasRoom(amount, priority, now()),
        findExisting:
          possibleHolder !== undefined || history === 'repeated'
            ? () => dispatcher.findExisting(request, history, limits, possibleHolder)
            : undefined,
        place: keepTrace?.(placeIt) ?? placeIt,
      });
    };
    const end = this.#copies.begin(copyId);
    let placement: Placement | undefined;
    try {
      placement = await this.#senders.run(request.request_id, withdraws ? left : undefined, (withdrawn) =>
        deduplicator.run(request, place(withdrawn), history),
      );
      return placement;
    } finally {
      if (end(placement) && placement !== undefined) onPlaced(request, placement);
    }
  }
}

/**
 * While a request waited, its sender may have tried another balancer. That is impossible only if the sender alone
 * knows the id and is still connected here.
 */
function historyAfterWaiting(history: RequestHistory, senderLeft: boolean): RequestHistory {
  return history === 'new' && !senderLeft ? 'new' : 'repeated';
}
