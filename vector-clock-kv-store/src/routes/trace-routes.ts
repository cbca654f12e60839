import { validate } from '@gridclock/service-kit';
import { Router } from 'express';
import { z } from 'zod';
import type { EventTrace } from '../trace/event-trace.ts';
import { requireToken } from './token.ts';

/** Some hundred kilobytes of JSON: a few milliseconds in which nothing else is answered. */
const PAGE_EVENTS = 1_000;

const querySchema = z.object({
  since: z
    .string('must be given once')
    .regex(/^\d{1,15}$/, 'must be a whole number, 0 or more')
    .transform(Number)
    .default(0),
});

/** `GET /trace?since=N`: the events after number N, see `TracePage`. Ask again from the last one for more. */
export function traceRoutes(events: EventTrace, token: string | undefined): Router {
  const router = Router();
  router.get('/trace', requireToken(token), (request, response) => {
    const { since } = validate(querySchema, request.query, 'query');
    response.json(events.since(since, PAGE_EVENTS));
  });
  return router;
}
