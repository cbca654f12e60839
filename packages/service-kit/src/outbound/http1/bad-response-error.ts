/** A server has sent something that is not a valid response, or too large. Its message names the problem. */
export class BadResponseError extends Error {
  override readonly name = 'BadResponseError';
}
