import { z } from 'zod';

/** Long enough for a full domain name and a port. */
const MAX_ORIGIN_LENGTH = 300;

/**
 * Where a service is reached: `http://host:port` or `https://host:port`, and nothing else.
 *
 * A path or query would let the author of the URL choose which resource of the host receives this service's requests.
 * The result is in one form: lower case, without the default port and a slash at the end.
 */
export const originSchema = z
  .string({ error: 'must be a string' })
  .trim()
  .max(MAX_ORIGIN_LENGTH, `must have at most ${MAX_ORIGIN_LENGTH} characters`)
  .refine((text) => /^https?:\/\/[^\s/]/i.test(text) && URL.canParse(text), {
    message: 'must be an http:// or https:// URL',
    abort: true,
  })
  .refine(
    (text) => /^[a-z]+:\/\/[^/?#@\\\s]+\/*$/i.test(text),
    'must have no query, fragment, user name, password or path',
  )
  // Node.js would connect to the default port.
  .refine((text) => new URL(text).port !== '0', 'must not have port 0')
  .transform((text) => new URL(text).origin)
  .meta({ format: 'uri', description: 'Scheme, host and port only.' });
