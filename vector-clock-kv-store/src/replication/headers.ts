/** Names the node that sends a request, so that the receiver learns that this peer is reachable again. */
export const NODE_HEADER = 'x-gridclock-node';

/** Carries the sender's trace context on `/replicate`. Optional: implementations may omit or ignore it. */
export const EVENT_HEADER = 'x-gridclock-event';
