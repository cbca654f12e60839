import { createRouter, HttpError, isFromPageOnThisHost, validate } from '@gridclock/service-kit';
import type { Request, Router } from 'express';
import { z } from 'zod';
import { controlActions } from '../live/controlled-service.ts';
import type { SuiteControl } from './suite-control.ts';

/** The body of `POST /ui/control`. */
export const actionSchema = z.object({
  name: z.string().min(1, 'is required').max(63, 'must have at most 63 characters'),
  action: z.enum(controlActions, `must be one of ${controlActions.join(', ')}`),
});

/**
 * `GET /ui/control` lists the processes that a live page may control; `POST /ui/control` `{name, action}` does it.
 *
 * Only this service's own page on this host may: not a page of another origin, also not of a trusted one, and nobody
 * through a proxy. Others see an empty list.
 *
 * @param control undefined, as in containers: the list is empty, and there is no POST
 */
export function controlRoutes(control: Pick<SuiteControl, 'list' | 'act'> | undefined): Router {
  const router = createRouter();
  const isAllowed = (request: Request) => control !== undefined && isFromPageOnThisHost(request);
  router.get('/ui/control', async (request, response) => {
    response.json({ services: isAllowed(request) ? await control?.list() : [] });
  });
  if (control === undefined) return router;
  router.post('/ui/control', async (request, response) => {
    if (!isAllowed(request))
      throw new HttpError(403, 'Forbidden', { reason: 'Only the live page on the same host may do this.' });
    const { action, name } = validate(actionSchema, request.body, 'body');
    const { body, status } = await control.act(name, action);
    response.status(status).json(body);
  });
  return router;
}
