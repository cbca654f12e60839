import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { problemBody } from '../problems/problem.ts';
import { problemCodes } from '../problems/problem-codes.ts';
import { chooseId, REQUEST_ID_HEADER } from '../requests/request-id.ts';
import { onceClosed } from '../requests/response-closed.ts';
import { discardBodyAndClose, hasLongUnreadBody } from './unread-body.ts';

/** Seconds: by then, a client that waits finds another node, or this one less busy. */
const RETRY_AFTER_S = '1';

/** 5,000 refusals with some 5 KB each: a tenth of a small container. */
const MAX_HELD = 5_000;

/** 50 ms: few different durations, so that Node.js keeps their timers in few lists. */
const STEP_MS = 50;

/**
 * Refuses requests of an overloaded process with a 503, and holds most of the refusals back for a while.
 *
 * A client that sends its request again at once would otherwise cost more than the work that it is refused: refusing
 * takes about a fifth of the time of a small request. The pauses are random, so that clients do not return together.
 */
export class HeldRefusals {
  readonly #meanPauseMs: number;
  readonly #random: () => number;
  readonly #held = new Set<Socket>();

  /** @param random uniform in [0, 1) */
  constructor(meanPauseMs: number, random: () => number) {
    this.#meanPauseMs = meanPauseMs;
    this.#random = random;
  }

  /** The refusals that are being held back. */
  get size(): number {
    return this.#held.size;
  }

  /** Refuses a request. Keeps none of its body. */
  refuse(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    // It sends requests without waiting for the responses, each of which would wait in memory behind the held one.
    if (this.#held.has(socket)) {
      socket.destroy();
      return;
    }
    if (hasLongUnreadBody(request)) {
      discardBodyAndClose(request, response);
      send(request, response);
      return;
    }
    request.resume();
    if (this.#held.size >= MAX_HELD || this.#meanPauseMs === 0) send(request, response);
    else this.#hold(request, response);
  }

  #hold(request: IncomingMessage, response: ServerResponse): void {
    const { socket } = request;
    const pauseMs = this.#meanPauseMs * (0.5 + this.#random());
    this.#held.add(socket);
    const timer = setTimeout(() => send(request, response), Math.ceil(pauseMs / STEP_MS) * STEP_MS);
    onceClosed(response, () => {
      clearTimeout(timer);
      this.#held.delete(socket);
    });
  }
}

function send(request: IncomingMessage, response: ServerResponse): void {
  const given = request.headers[REQUEST_ID_HEADER];
  const id = chooseId(typeof given === 'string' ? given : undefined);
  const body = JSON.stringify(
    problemBody(503, { error: problemCodes.overloaded.title, code: 'overloaded' }, id),
  );
  response.writeHead(503, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'Retry-After': RETRY_AFTER_S,
    'X-Content-Type-Options': 'nosniff',
    [REQUEST_ID_HEADER]: id,
  });
  response.end(body);
}
