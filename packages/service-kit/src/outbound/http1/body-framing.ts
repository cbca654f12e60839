import { BadResponseError } from './bad-response-error.ts';
import type { ResponseHead } from './response-head.ts';

/** Where the body of a response ends: after so many bytes, after its last chunk, or with the connection. */
export type BodyFraming = number | 'chunked' | 'until-close';

/** At most 15 digits: a number that is exact. */
const length = /^\d{1,15}$/;

/** 60 characters of a header tell what it is; it may have 16 KiB. */
const MAX_QUOTED = 60;

/**
 * Returns where the body of a response ends (RFC 9112, section 6.3). A head that says two things, or something that it
 * does not know, is refused: two readers could find different ends, and take a part of a body for a response.
 *
 * @throws BadResponseError
 */
export function framingOf(head: ResponseHead): BodyFraming {
  const { status } = head;
  const coding = head.header('transfer-encoding');
  const bytes = head.header('content-length');
  if (coding !== undefined) {
    if (bytes !== undefined)
      throw new BadResponseError('the response has both a length and a transfer coding');
    if (head.isHttp10 || coding.toLowerCase() !== 'chunked')
      throw new BadResponseError(`the response has the transfer coding ${coding.slice(0, MAX_QUOTED)}`);
  }
  if (bytes !== undefined && !length.test(bytes))
    throw new BadResponseError(`the response has the length ${bytes.slice(0, MAX_QUOTED)}`);
  if (status === 204 || status === 304) return 0;
  if (coding !== undefined) return 'chunked';
  return bytes === undefined ? 'until-close' : Number(bytes);
}

/** Reports whether the connection stays open after a response, as far as its head says. */
export function isPersistent(head: ResponseHead): boolean {
  const options = (head.header('connection') ?? '').toLowerCase().split(',');
  const names = options.map((option) => option.trim());
  return !names.includes('close') && (!head.isHttp10 || names.includes('keep-alive'));
}

/** Returns for how long the server keeps an idle connection, in milliseconds; undefined if it does not say so. */
export function keepAliveMs(head: ResponseHead): number | undefined {
  const [, seconds] = /(?:^|,)\s*timeout=(\d{1,6})\s*(?:,|$)/i.exec(head.header('keep-alive') ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1_000;
}
