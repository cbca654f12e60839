import { BadRequestError, checkNames, createRouter, HttpError, validate } from '@gridclock/service-kit';
import type { Router } from 'express';
import { z } from 'zod';
import type { ClusterNode } from '../cluster-node.ts';
import type { FaultyTransport } from '../replication/faulty-transport.ts';
import { type LinkFaults, TooManyFaultsError } from '../replication/link-faults.ts';
import type { ClusterAccess } from './cluster-access.ts';

/** 60 s: longer than any step of a scenario, and short enough that a forgotten fault spoils no lesson. */
const DEFAULT_DURATION_MS = 60_000;

/** 1 h: a lesson. */
const MAX_DURATION_MS = 3_600_000;

/** The body of `POST /faults`. */
export const faultSchema = z.object({
  peer: z.string(),
  action: z.enum(['hold', 'pass', 'release', 'drop', 'duplicate', 'reorder', 'delay', 'cut']),
  /** For `pass`: the write to let pass. */
  write: z.object({ node: z.string(), counter: z.int().min(1) }).optional(),
  origin: z.string().optional(),
  count: z.int().min(1).optional(),
  delay_ms: z.int().min(1).max(60_000).optional(),
  duration_ms: z.int().min(1).max(MAX_DURATION_MS).default(DEFAULT_DURATION_MS),
});

/** The links to peers that faults can be injected on, by peer. */
export type FaultyLinks = ReadonlyMap<string, FaultyTransport>;

/**
 * `/faults`: injects faults on this node's links to its peers. As on a real network, messages can be held, lost,
 * duplicated, reordered, delayed or cut off, but never forged. Each fault ends by itself after its duration. `pass` lets one
 * held write through.
 */
export function faultRoutes(links: FaultyLinks, node: ClusterNode, access: ClusterAccess): Router {
  const listed = () => ({
    links: [...links].map(([peer, { faults }]) => ({ peer, faults: faultList(faults) })),
  });
  const router = createRouter();
  router.use('/faults', access.require);
  router.get('/faults', (_request, response) => {
    response.json(listed());
  });
  router.post('/faults', checkNames({ body: Object.keys(faultSchema.shape) }), (request, response) => {
    const fault = validate(faultSchema, request.body, 'body');
    const { peer, action, origin, count, delay_ms: delayMs, duration_ms: durationMs } = fault;
    const link = links.get(peer);
    if (link === undefined) throw new BadRequestError('peer', `${peer} is not a peer of this node`);
    if (origin !== undefined && !node.directory.knows(origin)) {
      throw new BadRequestError('origin', `${origin} is not a node of this cluster`);
    }
    if (action === 'delay' && delayMs === undefined)
      throw new BadRequestError('delay_ms', 'is required for a delay');
    if (action === 'pass') {
      if (fault.write === undefined) throw new BadRequestError('write', 'is required: which write may pass');
      if (!link.faults.pass(fault.write)) throw new BadRequestError('write', 'is not held on this link');
      node.replicator?.repair(peer);
    } else if (action === 'release') {
      link.release();
      node.replicator?.repair(peer);
    } else {
      inject(link, {
        action,
        durationMs,
        ...(origin === undefined ? {} : { origin }),
        ...(count === undefined ? {} : { count }),
        ...(delayMs === undefined ? {} : { delayMs }),
      });
    }
    response.json(listed());
  });
  return router;
}

/** Lists the active faults of all links, as `GET /` shows them. */
export function activeFaults(links: FaultyLinks): object[] {
  return [...links].flatMap(([peer, { faults }]) => faultList(faults).map((fault) => ({ peer, ...fault })));
}

function inject(link: FaultyTransport, fault: Parameters<FaultyTransport['inject']>[0]): void {
  try {
    link.inject(fault);
  } catch (error) {
    if (error instanceof TooManyFaultsError) throw new HttpError(409, error.message);
    throw error;
  }
}

function faultList({ remaining }: LinkFaults): object[] {
  return remaining.map(({ delayMs, durationMs, remainingMs, ...fault }) => ({
    ...fault,
    ...(delayMs === undefined ? {} : { delay_ms: delayMs }),
    ...(durationMs === undefined ? {} : { duration_ms: durationMs, remaining_ms: remainingMs }),
  }));
}
