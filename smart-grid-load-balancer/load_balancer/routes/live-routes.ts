import { createRouter, requireAdministrator, type Token, validate } from '@gridclock/service-kit';
import type { Router } from 'express';
import { z } from 'zod';
import type { LiveView } from '../live/live-view.ts';
import { type PolicyName, policyNames } from '../policies/index.ts';

/** The query of `GET /live`. */
export const seenSchema = z.object({
  since: z
    .string('must be given once')
    .regex(/^\d{1,15}$/, 'must be a whole number, 0 or more')
    .transform(Number)
    .default(0),
});

/** The body of `PUT /policy`. */
export const policySchema = z.object({
  policy: z.enum(policyNames, `must be one of ${policyNames.join(', ')}`),
});

/** `GET /live`: what the live page shows, without names of vehicles. */
export function liveRoutes(view: LiveView): Router {
  const routes = createRouter();
  routes.get('/live', async (request, response) => {
    const { since } = validate(seenSchema, request.query, 'query');
    response.json(await view.read(since));
  });
  return routes;
}

/**
 * `PUT /policy` changes the routing policy until the next restart.
 *
 * @param adminToken required; if undefined, only clients on this host may call it
 */
export function policyRoutes(
  usePolicy: (name: PolicyName) => void,
  adminToken: string | Token | undefined,
): Router {
  const routes = createRouter();
  routes.put('/policy', requireAdministrator(adminToken), (request, response) => {
    const { policy } = validate(policySchema, request.body, 'body');
    usePolicy(policy);
    response.json({ routing_policy: policy });
  });
  return routes;
}
