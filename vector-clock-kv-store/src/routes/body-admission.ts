import { onceClosed, UnavailableError } from '@gridclock/service-kit';
import type { Request, RequestHandler, Response } from 'express';
import { Budget, type BudgetLimits } from '../budget.ts';
import { MAX_BODY_BYTES, SMALL_BODY_BYTES } from '../limits.ts';

export type BodyAdmissionOptions = {
  /** The budget's name in messages. */
  name: string;
  limits: BudgetLimits;
  /** How many requests may wait, unread, until the bodies before them are handled. */
  queue: number;
  /** How long each may wait, in milliseconds. */
  waitMs: number;
};

type Queued = { bytes: number; admit: () => void };

/**
 * Limits the bodies of the requests in progress, from the first byte to the response. A request beyond the limit is not
 * read until others are done, which slows its sender down; if that takes too long, it gets a 503.
 */
export function admitBodies(options: BodyAdmissionOptions): RequestHandler {
  const { name, limits, queue, waitMs } = options;
  const budget = new Budget(name, limits);
  const waiting = new Set<Queued>();
  const hold = (bytes: number, response: Response) => {
    const free = budget.take(bytes);
    onceClosed(response, () => {
      free();
      for (const next of waiting) {
        if (!budget.fits(next.bytes)) break;
        waiting.delete(next);
        next.admit();
      }
    });
  };
  return (request, response, next) => {
    const bytes = bodyBytes(request);
    if (bytes === 0) {
      next();
      return;
    }
    // A small body passes the queue: it fits beside large ones that do not.
    if ((waiting.size === 0 || bytes <= SMALL_BODY_BYTES) && budget.fits(bytes)) {
      hold(bytes, response);
      next();
      return;
    }
    if (waiting.size >= queue) throw overload(name, limits);
    const timer = setTimeout(() => {
      waiting.delete(entry);
      next(overload(name, limits));
    }, waitMs);
    const entry: Queued = {
      bytes,
      admit() {
        clearTimeout(timer);
        hold(bytes, response);
        next();
      },
    };
    waiting.add(entry);
    onceClosed(response, () => {
      clearTimeout(timer);
      waiting.delete(entry);
    });
  };
}

/** Returns the size of a request's body; if it is not announced, the largest that is accepted. */
function bodyBytes(request: Request): number {
  const announced = request.get('content-length');
  if (announced !== undefined) return Math.min(Number(announced), MAX_BODY_BYTES);
  return request.get('transfer-encoding') === undefined ? 0 : MAX_BODY_BYTES;
}

function overload(name: string, { bytes }: BudgetLimits): UnavailableError {
  return new UnavailableError(
    `This node is handling ${bytes} bytes of requests (${name}), the most it does; send the request again`,
    { code: 'over_budget', budget: name, limit_bytes: bytes },
  );
}
