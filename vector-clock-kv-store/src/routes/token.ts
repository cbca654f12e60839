import { requireBearerToken } from '@gridclock/service-kit';
import type { RequestHandler } from 'express';

/** Lets a request pass only with the cluster's token; every request when the cluster has none. */
export function requireToken(token: string | undefined): RequestHandler {
  if (token === undefined) return (_request, _response, next) => next();
  return requireBearerToken(token, 'cluster token');
}
