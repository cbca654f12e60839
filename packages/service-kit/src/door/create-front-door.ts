import type { IncomingMessage } from 'node:http';
import { Counter, Gauge, type Registry } from 'prom-client';
import { ConcurrencyLimit } from './concurrency-limit.ts';
import { ConnectionLimit } from './connection-limit.ts';
import { FrontDoor, type RequestClass } from './front-door.ts';
import { HeldRefusals } from './held-refusals.ts';
import { TurnQueue } from './turn-queue.ts';

export type DoorOptions = {
  /** The class of a request that is not a probe; `client` by default. Runs before anything of the app. */
  classOf?: (request: IncomingMessage) => RequestClass;
  /** The mean time that a refusal is held back, in milliseconds. */
  holdRefusalsMs?: number;
  /** How many requests of class `stream` the service allows. */
  streams?: number;
  /** The most connections of clients. */
  connections?: number;
};

/**
 * Requests in progress. The floor: with fewer, throughput falls, because writes share a disk's flush. The start: fifty
 * milliseconds of work. The ceiling: 2,000 requests that wait for others, with some 10 KB each.
 *
 * 25 ms: on a desk machine, the response to one of 32 requests in progress takes 7 ms; with this delay, about five
 * times as long.
 */
export const IN_PROGRESS = { floor: 64, start: 256, ceiling: 2_000, targetMs: 25, windowMs: 100 };

/** 1 s, as `Retry-After` says: a client that repeats at once waits as long as one that obeys. */
const HOLD_REFUSALS_MS = 1_000;

/** 5,000: with some 8 KB each, a sixth of a small container. */
export const CONNECTIONS = 5_000;

/** 32 connections for probes and peers at the limit; a request comes with its connection, so 1 s is long. */
export const RESERVE = { reserve: 32, reserveMs: 1_000 };

/** Creates the front door of a service, with metrics. */
export function createFrontDoor(
  registry: Registry,
  { classOf, connections = CONNECTIONS, holdRefusalsMs = HOLD_REFUSALS_MS, streams }: DoorOptions = {},
): FrontDoor {
  const now = () => performance.now();
  const limit = new ConcurrencyLimit(IN_PROGRESS);
  const registers = [registry];
  const refused = new Counter({
    name: 'http_requests_refused_total',
    help: 'Requests refused before they were handled, because too many were in progress, by class.',
    labelNames: ['class'],
    registers,
  });
  const classes: readonly RequestClass[] = ['client', 'peer', 'probe', 'stream'];
  for (const kind of classes) refused.inc({ class: kind }, 0);
  new Gauge({
    name: 'http_concurrency_limit',
    help: 'Requests of clients that may be in progress at once; adapts to the time that requests wait for the event loop.',
    registers,
    collect() {
      this.set(limit.current);
    },
  });
  new Gauge({
    name: 'http_requests_in_progress',
    help: 'Requests of clients that are in progress.',
    registers,
    collect() {
      this.set(door.working);
    },
  });
  const door = new FrontDoor({
    limit,
    queue: new TurnQueue(now),
    connections: new ConnectionLimit({ connections, ...RESERVE }),
    refusals: new HeldRefusals(holdRefusalsMs, Math.random),
    classOf,
    streams,
    onRefused: (kind) => refused.inc({ class: kind }),
    now,
  });
  return door;
}
