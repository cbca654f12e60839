import type { Request, RequestHandler, Response } from 'express';
import { Budget, type BudgetLimits } from '../pacing/budget.ts';
import { UnavailableError } from '../problems/errors.ts';
import { onceClosed } from '../requests/response-closed.ts';

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

type Queued = { bytes: number; admit: () => void };

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
  const fits = (bytes: number) =>
    budget.fits(bytes <= SMALL_BODY_BYTES ? bytes : bytes + limits.bytes * SMALL_BODIES_SHARE);
  const hold = (bytes: number, request: Request, response: Response) => {
    const free = budget.take(bytes);
    const bytesBefore = request.socket.bytesRead;
    arriving.set(response, { sinceMs: performance.now(), bytesBefore, isSlow: false });
    measuring ??= setInterval(measure, slowMs / 2).unref();
    request.once('end', () => arriving.delete(response));
    onceClosed(response, () => {
      arriving.delete(response);
      // Node.js keeps the last request of each open connection: idle connections would hold a large body each.
      request.body = undefined;
      free();
      for (const next of waiting) {
        if (!fits(next.bytes)) break;
        next.admit();
      }
    });
  };
  const giveUpSlow = () => {
    if (waiting.size === 0) return;
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
      const isSlow = !response.req.complete && received < elapsedMs * LEAST_BYTES_PER_MS;
      arriving.set(response, { sinceMs, bytesBefore, isSlow });
    }
    giveUpSlow();
    if (arriving.size > 0) return;
    clearInterval(measuring);
    measuring = undefined;
  };
  return (request, response, next) => {
    const bytes = bodyBytes(request, largestBytes);
    // The parser refuses a larger body by its announced length.
    if (bytes === 0 || bytes > largestBytes) {
      next();
      return;
    }
    // A small body passes the queue: it fits beside large ones that do not.
    if ((waiting.size === 0 || bytes <= SMALL_BODY_BYTES) && fits(bytes)) {
      hold(bytes, request, response);
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
      bytes,
      admit() {
        leave();
        hold(bytes, request, response);
        next();
      },
    };
    waiting.add(entry);
    onceClosed(response, leave);
    giveUpSlow();
  };
}

/** Returns the size of a request's body; if it is not announced, the largest that is read. */
function bodyBytes(request: Request, largestBytes: number): number {
  const announced = request.get('content-length');
  if (announced !== undefined) return Number(announced);
  return request.get('transfer-encoding') === undefined ? 0 : largestBytes;
}

function giveUp(response: Response): void {
  const { socket } = response.req;
  response.once('finish', () => socket.destroy());
  response.status(408).set('Connection', 'close');
  response.json({ error: 'The body arrived too slowly while other requests waited; send it again' });
}

function overBudget(name: string, { bytes }: BudgetLimits): UnavailableError {
  return new UnavailableError(
    `This service is handling ${bytes} bytes of requests (${name}), the most it does; send the request again`,
    { code: 'over_budget', budget: name, limit_bytes: bytes },
  );
}
