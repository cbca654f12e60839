/** A response of the balancer, to be relayed to the client. */
export type BalancerResponse = { status: number; body: unknown; retryAfter: string | undefined };

/** The balancer did not respond. `mayHaveActed`: it may have received the request before the connection failed. */
type BalancerUnreachable = { unreachable: true; mayHaveActed: boolean; reason: string };

export type BalancerResult = BalancerResponse | BalancerUnreachable;
