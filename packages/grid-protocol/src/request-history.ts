import { z } from 'zod';

/**
 * What the sender knows of a request_id, told to the balancer in a header, because it decides how much must be
 * asked before a place is looked for.
 *
 * - `new`: made up for this very message; nobody can have seen it.
 * - `unseen`: given by the client and not seen before by this sender.
 * - `repeated`: sent before, or nothing is known. What holds where the header is missing.
 */
export const requestHistorySchema = z.enum(['new', 'unseen', 'repeated']);

export type RequestHistory = z.output<typeof requestHistorySchema>;

/** The request header that carries a {@link RequestHistory}. */
export const REQUEST_HISTORY_HEADER = 'request-history';
