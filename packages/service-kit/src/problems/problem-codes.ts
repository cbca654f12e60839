/**
 * The codes of error responses. Programs compare them, so a code never changes its meaning. `status` is the one that it
 * usually comes with; an `error` that is a `title` has its code. docs/errors.md describes each.
 */
export const problemCodes = {
  // Every service.
  invalid_request: { status: 400, title: 'Invalid request' },
  malformed_http: { status: 400, title: 'Malformed HTTP' },
  invalid_host: { status: 400, title: 'Invalid Host header' },
  unauthorized: { status: 401, title: 'Unauthorized' },
  forbidden: { status: 403, title: 'Forbidden' },
  certificate_required: { status: 403, title: 'Client certificate required' },
  cross_origin: { status: 403, title: 'Cross-origin request' },
  not_found: { status: 404, title: 'Not found' },
  method_not_allowed: { status: 405, title: 'Method not allowed' },
  not_acceptable: { status: 406, title: 'Not acceptable' },
  request_timeout: { status: 408, title: 'Request timeout' },
  conflict: { status: 409, title: 'Conflict' },
  gone: { status: 410, title: 'Gone' },
  content_too_large: { status: 413, title: 'Content too large' },
  uri_too_long: { status: 414, title: 'URI too long' },
  unsupported_media_type: { status: 415, title: 'Unsupported media type' },
  unknown_host: { status: 421, title: 'Unknown host' },
  unprocessable: { status: 422, title: 'Unprocessable request' },
  too_many_requests: { status: 429, title: 'Too many requests' },
  headers_too_large: { status: 431, title: 'Request headers too large' },
  internal_error: { status: 500, title: 'Internal server error' },
  bad_gateway: { status: 502, title: 'Bad gateway' },
  unavailable: { status: 503, title: 'Unavailable' },
  overloaded: { status: 503, title: 'Overloaded' },
  not_ready: { status: 503, title: 'Not ready' },
  upstream_timeout: { status: 504, title: 'Upstream timeout' },
  // The store.
  not_serving: { status: 503, title: 'Node not serving' },
  behind_context: { status: 503, title: 'Node behind the context' },
  too_few_copies: { status: 503, title: 'Too few copies' },
  over_budget: { status: 503, title: 'Over budget' },
  disk_full: { status: 503, title: 'Disk full' },
  buffer_full: { status: 503, title: 'Causal buffer full' },
  too_many_ids: { status: 503, title: 'Too many node ids' },
  not_a_member: { status: 404, title: 'Not a member' },
  removed_member: { status: 410, title: 'Removed from the cluster' },
  identity_taken: { status: 409, title: 'Identity taken' },
  another_process: { status: 421, title: 'Another process' },
  wire_version: { status: 415, title: 'Message of another version' },
  // The grid.
  insufficient_capacity: { status: 503, title: 'Insufficient capacity' },
  capacity_unknown: { status: 503, title: 'Capacity unknown' },
  too_large_for_grid: { status: 422, title: 'Too large for every substation' },
  no_substation_available: { status: 503, title: 'No substation available' },
  substation_unreachable: { status: 503, title: 'Substation does not respond' },
  load_balancer_unavailable: { status: 503, title: 'Load balancer unavailable' },
  deadline_exceeded: { status: 503, title: 'Deadline exceeded' },
  outcome_unknown: { status: 504, title: 'Outcome unknown' },
  draining: { status: 503, title: 'Draining' },
  stopping: { status: 409, title: 'Stopping' },
  storage_unavailable: { status: 503, title: 'Storage unavailable' },
  idempotency_key_reused: { status: 422, title: 'Idempotency key reused' },
  superseded: { status: 409, title: 'Superseded' },
  no_such_session: { status: 404, title: 'No such session' },
  session_interrupted: { status: 410, title: 'Session interrupted' },
  no_such_substation: { status: 404, title: 'No such substation' },
  substation_exists: { status: 409, title: 'Substation exists' },
} as const satisfies Record<string, { status: number; title: string }>;

/** A code of an error response. */
export type ProblemCode = keyof typeof problemCodes;

const codes = Object.keys(problemCodes).filter(isProblemCode);

const codesByTitle = new Map<string, ProblemCode>(codes.map((code) => [problemCodes[code].title, code]));

/** The first code of each status is its default. */
const codesByStatus = new Map<number, ProblemCode>(
  codes.map((code): [number, ProblemCode] => [problemCodes[code].status, code]).reverse(),
);

/** Returns the code of an error response that names none: of its `error`, or else of its status. */
export function defaultCode(status: number, error?: string): ProblemCode {
  const byTitle = error === undefined ? undefined : codesByTitle.get(error);
  return byTitle ?? codesByStatus.get(status) ?? (status < 500 ? 'invalid_request' : 'internal_error');
}

/** Whether a text is one of the codes. */
export function isProblemCode(text: string): text is ProblemCode {
  return Object.hasOwn(problemCodes, text);
}
