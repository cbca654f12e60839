import { createRouter, validate } from '@gridclock/service-kit';
import type { Router } from 'express';
import { z } from 'zod';
import type { EventTrace } from '../trace/event-trace.ts';
import type { ClusterAccess } from './cluster-access.ts';

/** A few hundred kilobytes of JSON: serializing a page blocks the event loop for a few milliseconds. */
const PAGE_EVENTS = 1_000;

/** The query of `GET /trace`. */
export const traceQuerySchema = z.object({
  since: z
    .string('must be given once')
    .regex(/^\d{1,15}$/, 'must be a whole number, 0 or more')
    .transform(Number)
    .default(0),
});

/** `GET /trace?since=N`: a page of the events after number N, see `TracePage`. */
export function traceRoutes(events: EventTrace, access: ClusterAccess): Router {
  const router = createRouter();
  router.get('/trace', access.require, (request, response) => {
    const { since } = validate(traceQuerySchema, request.query, 'query');
    response.json(events.since(since, PAGE_EVENTS));
  });
  return router;
}
