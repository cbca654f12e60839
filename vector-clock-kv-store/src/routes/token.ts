import { requireBearerToken, type Token } from '@gridclock/service-kit';
import type { RequestHandler } from 'express';

/** Requires the cluster token, if the cluster has one. */
export function requireToken(token: string | Token | undefined): RequestHandler {
  if (token === undefined) return (_request, _response, next) => next();
  return requireBearerToken(token, 'cluster token');
}
