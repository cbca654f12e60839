import { substationIdSchema } from '@gridclock/grid-protocol';
import {
  type AddressGuard,
  BadRequestError,
  createRouter,
  HttpError,
  originSchema,
  requireBearerToken,
  type Token,
  validate,
} from '@gridclock/service-kit';
import type { Router } from 'express';
import { z } from 'zod';
import type { Fleet } from '../fleet/fleet.ts';

/** The body of `POST /substations`. */
export const memberSchema = z.object({ id: substationIdSchema, url: originSchema });

/**
 * `POST /substations` and `DELETE /substations/:id`: add and remove substations until the next restart.
 *
 * Without a configured token the routes do not exist (404); with one, requests need it as a bearer token (401).
 */
export function adminRoutes(
  fleet: Pick<Fleet, 'members' | 'find' | 'add' | 'remove'>,
  token: string | Token | undefined,
  guard?: AddressGuard,
): Router {
  const routes = createRouter();
  if (token === undefined) return routes;
  const authorized = requireBearerToken(token, 'admin token');

  routes.post('/substations', authorized, (request, response) => {
    const member = validate(memberSchema, request.body, 'body');
    const problem = guard?.problemOf(member.url);
    if (problem !== undefined) throw new BadRequestError('url', problem);
    const present = fleet.find(member.id);
    if (present !== undefined && present.url !== member.url)
      throw new HttpError(409, `id: ${member.id} is in use by another substation`, {
        code: 'substation_exists',
        field: 'id',
        url: present.url,
      });
    const same = fleet.members.find(({ id, url }) => id !== member.id && url === member.url);
    if (same !== undefined)
      throw new HttpError(409, `url: ${member.url} is the URL of ${same.id}`, {
        code: 'substation_exists',
        field: 'url',
        id: same.id,
      });
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
