import { substationIdSchema } from '@gridclock/grid-protocol';
import { HttpError, httpUrlVariable, requireBearerToken, validate } from '@gridclock/service-kit';
import { Router } from 'express';
import { z } from 'zod';
import type { Fleet } from '../fleet/fleet.ts';

const memberSchema = z.object({ id: substationIdSchema, url: httpUrlVariable() });

/**
 * `POST /substations` and `DELETE /substations/:id`: substations added and removed by hand, until the balancer
 * is started again. Without a token configured these routes do not exist (404), with one they need it as
 * `Authorization: Bearer` (401).
 */
export function adminRoutes(
  fleet: Pick<Fleet, 'find' | 'add' | 'remove'>,
  token: string | undefined,
): Router {
  const routes = Router();
  if (token === undefined) return routes;
  const authorized = requireBearerToken(token, 'admin token');

  routes.post('/substations', authorized, (request, response) => {
    const member = validate(memberSchema, request.body, 'body');
    const present = fleet.find(member.id);
    if (present !== undefined && present.url !== member.url)
      throw new HttpError(409, `id: ${member.id} is another substation`, { field: 'id', url: present.url });
    fleet.add(member);
    response.status(present === undefined ? 201 : 200).json(member);
  });

  routes.delete('/substations/:id', authorized, (request, response) => {
    const { id } = request.params;
    if (typeof id !== 'string' || !fleet.remove(id)) throw new HttpError(404, 'No such substation', { id });
    response.json({ status: 'removed', id });
  });

  return routes;
}
