/**
 * The package's subpath `/client`: sessions of a client with the store. It needs `fetch` and nothing of Node.js.
 *
 * @module
 */
export type { VectorClock } from '../causality/vector-clock.ts';
export type { Value } from '../causality/write.ts';
export { CausalClient } from './causal-client.ts';
export {
  BehindError,
  InvalidResponseError,
  StoreError,
  TooFewCopiesError,
  UnreachableError,
  WatchLostError,
} from './errors.ts';
export { fetchTransport } from './fetch-transport.ts';
export type { CallOptions, CausalClientOptions, WatchOptions, WriteOptions } from './options.ts';
export type { Reading, WatchedWrite } from './responses.ts';
export type { RetryPolicy } from './retry.ts';
export {
  type StreamResponse,
  type Transport,
  TransportError,
  type TransportRequest,
  type TransportResponse,
} from './transport.ts';
