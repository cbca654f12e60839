import { z } from 'zod';
import { VERSION } from '../requests/version.ts';
import type { Operation } from './operation.ts';
import { pageOperations } from './page-operations.ts';

/** The tags of the operations that every service has. */
export const commonTags = {
  Service: 'What every service has: liveness, readiness, metrics, and this document.',
};

const tag = 'Service';
const isoTime = z.string().meta({ format: 'date-time' });

/** Describes the operations that every service has. @param service as in the response of `GET /health` */
export function commonOperations(service: string): Operation[] {
  return [
    {
      method: 'get',
      path: '/health',
      id: 'health',
      tag,
      summary: 'Liveness: the process responds',
      responses: {
        200: {
          description: 'It responds.',
          schema: z.object({ status: z.literal('healthy'), service: z.literal(service), timestamp: isoTime }),
        },
      },
      examples: {
        alive: {
          summary: 'A process that is alive',
          status: 200,
          response: { status: 'healthy', service, timestamp: '2026-01-01T12:00:00.000Z' },
        },
      },
    },
    {
      method: 'get',
      path: '/ready',
      id: 'ready',
      tag,
      summary: 'Readiness: whether the service can do its work now',
      responses: {
        200: {
          description: 'It can.',
          schema: z.object({ status: z.literal('ready'), service: z.literal(service) }),
        },
      },
      errors: ['not_ready'],
      examples: {
        ready: { summary: 'A service that is ready', status: 200, response: { status: 'ready', service } },
      },
    },
    {
      method: 'get',
      path: '/metrics',
      id: 'metrics',
      tag,
      summary: 'Metrics in the text format of Prometheus',
      query: z.object({
        'name[]': z
          .string()
          .optional()
          .meta({ description: 'Only the metric of this name; may be repeated.' }),
      }),
      responses: { 200: { description: 'The metrics.', type: 'text/plain' } },
      examples: {
        one: {
          summary: 'How long requests took',
          query: { 'name[]': 'http_request_duration_seconds' },
          status: 200,
          response: '# TYPE http_request_duration_seconds histogram\nhttp_request_duration_seconds_bucket{',
        },
      },
    },
    {
      method: 'get',
      path: '/openapi.json',
      id: 'openapi',
      tag,
      summary: 'This document',
      responses: {
        200: {
          description: 'An OpenAPI document.',
          schema: z.looseObject({ openapi: z.string(), paths: z.record(z.string(), z.unknown()) }),
        },
      },
      examples: {
        document: { summary: 'Its first member', status: 200, response: { openapi: '3.1.1', paths: {} } },
      },
    },
    ...pageOperations('/docs', 'docs', 'This document as a page', tag),
  ];
}

/** Describes `GET /` of a service that has nothing else there. @param page where it leads a browser */
export function indexOperation(service: string, page: string): Operation {
  return {
    method: 'get',
    path: '/',
    id: 'index',
    tag,
    summary: 'What this service is, and where its document is',
    description: `Leads a browser to \`/${page}\`.`,
    responses: {
      200: {
        description: 'For clients that accept JSON.',
        schema: z.object({
          service: z.literal(service),
          version: z.string(),
          openapi: z.string(),
          docs: z.string(),
        }),
      },
      302: { description: 'For browsers: to the page.', type: 'text/html' },
    },
    examples: {
      index: {
        summary: 'Any client but a browser',
        status: 200,
        response: { service, version: VERSION, openapi: '/openapi.json', docs: '/docs' },
      },
    },
  };
}
