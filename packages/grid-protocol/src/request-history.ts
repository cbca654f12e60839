import { z } from 'zod';

/**
 * Whether a request_id may have been sent before. It determines which substations the balancer must look the
 * request up at before it may place it.
 *
 * - `new`: the sender has generated the id for this message.
 * - `unseen`: the id comes from the client, and the sender has not seen it before.
 * - `repeated`: the id has been sent before, or may have been. The default if the header is missing.
 */
export const requestHistorySchema = z.enum(['new', 'unseen', 'repeated']);

export type RequestHistory = z.output<typeof requestHistorySchema>;

/** The request header that carries a {@link RequestHistory}. */
export const REQUEST_HISTORY_HEADER = 'request-history';
