import type { IncomingMessage } from 'node:http';

/** Headers that no check of the app reads, or reads in the same way each time: see `fingerprintOf`. */
const ordinaryHeaders: ReadonlySet<string> = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'cache-control',
  'connection',
  'content-length',
  'content-type',
  'forwarded',
  'host',
  'keep-alive',
  'pragma',
  'priority',
  // Node.js' own fetch sends it. Browsers' `sec-fetch-site` is for the app.
  'sec-fetch-mode',
  'traceparent',
  'tracestate',
  'user-agent',
  'via',
  'x-forwarded-for',
  'x-forwarded-host',
  'x-forwarded-port',
  'x-forwarded-proto',
  'x-real-ip',
  'x-request-id',
]);

/** Far more than the clients of a service differ in their Host, Accept and Content-Type. */
const MAX_REMEMBERED = 100;

/** In characters: longer headers are not worth remembering. */
const MAX_LENGTH = 300;

/**
 * Remembers which headers have passed all checks of an app on the way to a route.
 *
 * The checks judge an ordinary request by its Host, Accept and Content-Type alone: one with the same as an earlier
 * request that passed would pass too.
 */
export class OrdinaryRequests {
  readonly #own: ReadonlySet<string>;
  readonly #passed = new Set<string>();

  /** @param own further headers that the route reads itself */
  constructor(own: readonly string[]) {
    this.#own = new Set(own);
  }

  /** Returns what the checks read of a request; undefined if they may read more of it. */
  fingerprintOf({ headers, httpVersion, rawHeaders }: IncomingMessage): string | undefined {
    if (httpVersion !== '1.1' || headers.host === undefined) return undefined;
    let count = 0;
    for (const name in headers) {
      if (!ordinaryHeaders.has(name) && !this.#own.has(name)) return undefined;
      count++;
    }
    // One of them was sent more than once.
    if (2 * count !== rawHeaders.length) return undefined;
    // An empty one says as little as none.
    return `${headers.host}\n${headers.accept ?? ''}\n${headers['content-type'] ?? ''}`;
  }

  hasPassed(fingerprint: string): boolean {
    return this.#passed.has(fingerprint);
  }

  /** Remembers that a request with this fingerprint has passed all checks. */
  remember(fingerprint: string): void {
    if (fingerprint.length > MAX_LENGTH) return;
    const [oldest] = this.#passed;
    // A client that sends ever other headers must not keep out the others for good.
    if (this.#passed.size >= MAX_REMEMBERED && oldest !== undefined) this.#passed.delete(oldest);
    this.#passed.add(fingerprint);
  }
}
