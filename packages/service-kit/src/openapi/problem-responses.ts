import { type ProblemCode, problemCodes } from '../problems/problem-codes.ts';
import type { JsonSchema } from './json-schema.ts';
import type { DescribedError, Operation } from './operation.ts';

/** Errors that every operation may respond with: of the front door, of HTTP itself, and of checks before the route. */
const always: readonly DescribedError[] = [
  'invalid_request',
  'malformed_http',
  'invalid_host',
  'not_acceptable',
  'request_timeout',
  'uri_too_long',
  'unknown_host',
  'headers_too_large',
  'unavailable',
  'overloaded',
  'over_budget',
];

/** The form of every error: see docs/errors.md. `status` is no number where a route has a field of this name. */
export const problemSchema: JsonSchema = {
  type: 'object',
  description: 'An error. Some have further fields.',
  required: ['error', 'type', 'title', 'status', 'detail', 'code', 'request_id'],
  properties: {
    error: { type: 'string', description: 'What happened, for people.' },
    code: { type: 'string', description: 'What happened, for programs.' },
    field: { type: 'string', description: 'The invalid part of the request, as a dotted path.' },
    problems: {
      type: 'array',
      description: 'The first invalid parts, if there are several.',
      items: {
        type: 'object',
        required: ['field', 'reason'],
        properties: { field: { type: 'string' }, reason: { type: 'string' } },
      },
    },
    request_id: { type: 'string', description: 'The request, as in the log of the service.' },
    type: { type: 'string' },
    title: { type: 'string' },
    status: { description: 'The status of the response; of a node that does not serve, its own.' },
    detail: { type: 'string' },
  },
};

/** Returns the codes of an operation's errors, by status in ascending order. */
export function errorsOf(operation: Operation, hasRateLimit: boolean): Map<number, ProblemCode[]> {
  const { errors = [], method, security } = operation;
  const byStatus = new Map<number, ProblemCode[]>();
  const all: DescribedError[] = [
    ...always,
    ...(method === 'get' ? [] : (['cross_origin'] as const)),
    // Also where the route needs none: a body that nobody asked for must be JSON within the limit.
    'content_too_large',
    'unsupported_media_type',
    ...(hasRateLimit ? (['too_many_requests'] as const) : []),
    ...(security === undefined ? [] : (['unauthorized'] as const)),
    ...errors,
  ];
  for (const error of all) {
    const { code, status } = typeof error === 'string' ? { ...problemCodes[error], code: error } : error;
    const codes = byStatus.get(status) ?? [];
    if (!codes.includes(code)) byStatus.set(status, [...codes, code]);
  }
  return new Map([...byStatus].sort(([one], [other]) => one - other));
}

/** Describes a response with one of these codes. */
export function problemResponse(codes: readonly ProblemCode[], examples?: object): object {
  const schema = {
    allOf: [{ $ref: '#/components/schemas/Problem' }, { properties: { code: { enum: [...codes] } } }],
  };
  return {
    description: codes.map((code) => problemCodes[code].title).join('; '),
    content: {
      'application/json': { schema, ...(examples === undefined ? {} : { examples }) },
      'application/problem+json': { schema },
    },
  };
}
