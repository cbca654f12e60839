import type { Request, RequestHandler, Response } from 'express';
import { Budget, type BudgetLimits } from '../pacing/budget.ts';
import { BadRequestError, type HttpError, UnavailableError } from '../problems/errors.ts';
import { onceClosed } from '../requests/response-closed.ts';
import { GrowingBodies } from './growing-bodies.ts';
import { discardBodyAndClose } from './unread-body.ts';

export type BodyAdmissionOptions = {
  /** The budget's name in messages. */
  name: string;
  limits: BudgetLimits;
  /** The largest body that is read: a larger one is refused without. */
  largestBytes: number;
  /** How many requests may wait, unread, until the bodies before them are handled. */
  queue: number;
  /** How long each may wait, in milliseconds. */
  waitMs: number;
  /** Over which period a body that is arriving must keep up the least rate, in milliseconds: 2 s by default. */
  slowMs?: number;
};

/** 64 KiB: an ordinary record; hundreds of them weigh as much as all large bodies in progress. */
const SMALL_BODY_BYTES = 64 * 1024;

/** An eighth of the budget is for small bodies only. */
const SMALL_BODIES_SHARE = 1 / 8;

/** 2 s: a lost packet is sent again within that time. */
const SLOW_MS = 2_000;

/** 256 KiB/s, 2 Mbit/s: any fixed line, and a client of a busy node that reads many bodies in turn. */
const LEAST_BYTES_PER_MS = 256;

type Queued = { fits: () => boolean; admit: () => void };

/** What a connection had received at the start of the period over which its rate is measured, and whether the last was slow. */
type Arrival = { sinceMs: number; bytesBefore: number; isSlow: boolean };

/**
 * Limits the bodies of the requests in progress, from the first byte to the response. A request beyond the limit is not
 * read until others are done, which slows its sender down; if that takes too long, it gets a 503.
 *
 * While requests wait, bodies that arrive too slowly are given up with a 408, so that clients that send the most of a
 * body and then stop keep nobody out.
 */
export function admitBodies(options: BodyAdmissionOptions): RequestHandler {
  const { name, limits, largestBytes, queue, waitMs, slowMs = SLOW_MS } = options;
  const budget = new Budget(name, limits);
  const waiting = new Set<Queued>();
  /** The bodies that have not arrived yet, the oldest first. */
  const arriving = new Map<Response, Arrival>();
  let measuring: NodeJS.Timeout | undefined;
  /** What a body of this size must leave free for small ones. */
  const spareFor = (bytes: number) => (bytes <= SMALL_BODY_BYTES ? 0 : limits.bytes * SMALL_BODIES_SHARE);
  const fits = (bytes: number) => budget.fits(bytes + spareFor(bytes));
  const growing = new GrowingBodies({
    budget,
    largestBytes,
    waitMs,
    mayTake: (more, total) => budget.bytes + more + spareFor(total) <= limits.bytes,
    onFreed: () => admitWaiting(),
    onRefused: (response) => refuseUnfinished(response, overBudget(name, limits)),
    onTooLarge: (response) => refuseUnfinished(response, tooLarge(largestBytes)),
  });
  const admitWaiting = () => {
    growing.resume();
    for (const next of waiting) {
      if (!next.fits()) break;
      next.admit();
    }
  };
  const hold = (bytes: number | undefined, request: Request, response: Response) => {
    const free = bytes === undefined ? growing.add(response) : budget.take(bytes);
    const bytesBefore = request.socket.bytesRead;
    arriving.set(response, { sinceMs: performance.now(), bytesBefore, isSlow: false });
    measuring ??= setInterval(measure, slowMs / 2).unref();
    request.once('end', () => arriving.delete(response));
    onceClosed(response, () => {
      arriving.delete(response);
      // Node.js keeps the last request of each open connection: idle connections would hold a large body each.
      request.body = undefined;
      free();
      admitWaiting();
    });
  };
  const giveUpSlow = () => {
    if (waiting.size === 0 && growing.waiting === 0) return;
    for (const [response, { isSlow }] of arriving) {
      if (!isSlow) continue;
      arriving.delete(response);
      giveUp(response);
    }
  };
  const measure = () => {
    const sinceMs = performance.now();
    for (const [response, arrival] of arriving) {
      const elapsedMs = sinceMs - arrival.sinceMs;
      if (elapsedMs < slowMs) continue;
      const bytesBefore = response.req.socket.bytesRead;
      const received = bytesBefore - arrival.bytesBefore;
      const mayArrive = !response.req.complete && !growing.isPaused(response);
      const isSlow = mayArrive && received < elapsedMs * LEAST_BYTES_PER_MS;
      arriving.set(response, { sinceMs, bytesBefore, isSlow });
    }
    giveUpSlow();
    if (arriving.size > 0) return;
    clearInterval(measuring);
    measuring = undefined;
  };
  return (request, response, next) => {
    const announced = bodyBytes(request, largestBytes);
    if (announced === 0) {
      next();
      return;
    }
    // The parser would read it to its end first.
    if (announced !== undefined && announced > largestBytes) throw tooLarge(largestBytes);
    const mayBeSmall = announced === undefined || announced <= SMALL_BODY_BYTES;
    const fitsNow = () => (announced === undefined ? budget.fits(growing.firstBytes) : fits(announced));
    // A small body passes the queue: it fits beside large ones that do not.
    if ((waiting.size === 0 || mayBeSmall) && fitsNow()) {
      hold(announced, request, response);
      next();
      return;
    }
    if (waiting.size >= queue) throw overBudget(name, limits);
    const waitTimer = setTimeout(() => {
      leave();
      next(overBudget(name, limits));
    }, waitMs);
    const leave = () => {
      clearTimeout(waitTimer);
      waiting.delete(entry);
    };
    const entry: Queued = {
      fits: fitsNow,
      admit() {
        leave();
        hold(announced, request, response);
        next();
      },
    };
    waiting.add(entry);
    onceClosed(response, leave);
    giveUpSlow();
  };
}

/** Returns how much of a body must be held: undefined if only its arrival shows that. */
function bodyBytes(request: Request, largestBytes: number): number | undefined {
  const encoding = request.get('content-encoding') ?? 'identity';
  const announced = request.get('content-length');
  const isChunked = request.get('transfer-encoding') !== undefined;
  // A few kilobytes may unpack to the largest body.
  if (encoding.toLowerCase() !== 'identity') return isChunked || Number(announced) > 0 ? largestBytes : 0;
  return isChunked ? undefined : Number(announced ?? 0);
}

function giveUp(response: Response): void {
  const { socket } = response.req;
  stopParser(response);
  response.once('finish', () => socket.destroy());
  response.status(408).set('Connection', 'close');
  response.json({ error: 'The body arrived too slowly while other requests waited; send it again' });
}

/** Refuses a request whose body has arrived in part. Its sender still gets the response. */
function refuseUnfinished(response: Response, error: HttpError): void {
  stopParser(response);
  discardBodyAndClose(response.req, response);
  response.status(error.status).set(error.headers).json(error.body);
}

/** Keeps the rest of a body from the parser, which would pass on a request that is answered. */
function stopParser({ req }: Response): void {
  req.removeAllListeners('data').removeAllListeners('end');
}

function tooLarge(limitBytes: number): BadRequestError {
  return new BadRequestError('body', 'is too large', 413, { limit_bytes: limitBytes });
}

function overBudget(name: string, { bytes }: BudgetLimits): UnavailableError {
  return new UnavailableError(
    `This service is handling ${bytes} bytes of requests (${name}), the most it does; send the request again`,
    { code: 'over_budget', budget: name, limit_bytes: bytes },
  );
}
