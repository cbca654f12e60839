import { hostname } from 'node:os';
import type { RequestCheck } from '../input/check-request.ts';
import { BadRequestError, HttpError } from '../problems/errors.ts';
import { isListedHost, isPrivateName, parseHost } from './host-names.ts';

/** The app setting with further names of the service, in the form of `isListedHost`. */
export const ALLOWED_HOSTS = 'allowed hosts';

/** 100: a service has few names. */
const HOSTS_REMEMBERED = 100;

/**
 * Refuses requests whose Host is not a name of this service: a page of another site that resolves its own name to this
 * service's address (DNS rebinding) sends that name.
 *
 * Private names and addresses are always known, and so are this machine's name, `own`, and the app's setting
 * {@link ALLOWED_HOSTS}.
 */
export function requireKnownHost(own: readonly string[] = []): RequestCheck {
  const known = [hostname(), ...own].map((name) => name.toLowerCase());
  const passed = new Set<string>();
  return (request) => {
    const { host } = request.headers;
    // HTTP/1.0 has no Host, and browsers do not send it.
    if (host === undefined && request.httpVersion === '1.0') return;
    if (host === undefined) throw invalid('is required');
    if (isRepeated(request.rawHeaders)) throw invalid('must be given once');
    if (passed.has(host)) return;
    const name = parseHost(host)?.name;
    if (name === undefined) throw invalid('is not a host name or address');
    const allowed: unknown = request.app.get(ALLOWED_HOSTS);
    if (!isPrivateName(name) && !isListedHost(name, known) && !isListedHost(name, listOf(allowed)))
      throw new HttpError(
        421,
        `Host: ${name} is not a name of this service; add it to ALLOWED_HOSTS if it should be`,
        { code: 'unknown_host', field: 'Host' },
      );
    if (passed.size < HOSTS_REMEMBERED) passed.add(host);
  };
}

function invalid(reason: string): BadRequestError {
  return new BadRequestError('Host', reason, 400, { code: 'invalid_host' });
}

function listOf(setting: unknown): string[] {
  return Array.isArray(setting) ? setting.filter((item) => typeof item === 'string') : [];
}

/** Node.js keeps the first of several Host headers; a proxy may have looked at another one. */
function isRepeated(rawHeaders: readonly string[]): boolean {
  let count = 0;
  for (let at = 0; at < rawHeaders.length; at += 2)
    if (rawHeaders[at]?.length === 4 && rawHeaders[at]?.toLowerCase() === 'host') count++;
  return count > 1;
}
