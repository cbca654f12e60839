/** What a server has sent is no response that a client may read. */
export class BadResponseError extends Error {
  override readonly name = 'BadResponseError';
}
