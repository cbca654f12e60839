import { pathVariants } from '@gridclock/local-service';
import type { HttpsClient } from './https-client.ts';
import { isProxys } from './proxy-problems.ts';

/** What a proxy serves and hides. */
export type ProxiedPaths = {
  /** Paths that it serves. None of their variants may be. */
  served: readonly string[];
  /** Paths of routes that must stay inside, in any form. */
  hidden: readonly string[];
  /** Paths below which clients choose the rest, with the slash at the end. */
  open: readonly string[];
};

/**
 * Requests every variant of every path through a proxy, exactly as written.
 *
 * @throws Error listing the paths that the proxy did not answer with 404
 */
export async function expectOnlyServed(
  send: HttpsClient,
  { served, hidden, open }: ProxiedPaths,
  token?: string,
): Promise<string> {
  const escapes = open.flatMap((prefix) =>
    hidden.flatMap((path) => [
      `${prefix}..${path}`,
      `${prefix}%2e%2e${path}`,
      `${prefix}.%2E${path}`,
      `${prefix}x/../..${path}`,
      `${prefix}/..${path}`,
      `${prefix}..;${path}`,
    ]),
  );
  const paths = [
    ...served.flatMap(pathVariants),
    ...hidden.flatMap((path) => [path, `${path}?x=/status`, ...pathVariants(path)]),
    ...open.flatMap((prefix) => [prefix, `${prefix}.`, `${prefix}..`, `${prefix}%2e`, `${prefix}.%2e?x=1`]),
    ...escapes,
  ];
  const wrong: string[] = [];
  for (const path of paths) {
    const { status, body } = await send('GET', path, token === undefined ? {} : { token });
    // The proxy's own, so that the request did not pass it.
    if (status !== 404 || !isProxys(body, 'not_found')) wrong.push(`${path}: ${status}`);
  }
  if (wrong.length > 0) throw new Error(`the proxy let pass ${wrong.join(', ')}`);
  return `${paths.length} paths`;
}
