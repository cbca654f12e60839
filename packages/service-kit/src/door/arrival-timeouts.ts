/**
 * How long a request may take to arrive, in milliseconds. Responses may take longer: long polls and streams are not
 * affected. A request that is late gets 408, and its connection is closed.
 */
export const arrivalTimeouts = {
  /** 10 s: a client sends its headers in one packet, which may be lost a few times. */
  headersTimeout: 10_000,
  /** 30 s: the largest body over a line of 0.6 Mbit/s. */
  requestTimeout: 30_000,
  /** 5 s: the check passes over all connections. */
  connectionsCheckingInterval: 5_000,
};
