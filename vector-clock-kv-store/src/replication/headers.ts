/** Names the node that sends a request, so that the receiver learns that this peer is reachable again. */
export const NODE_HEADER = 'x-gridclock-node';

/** Names the life of the node that sends a request. */
export const LIFE_HEADER = 'x-gridclock-life';

/** Names the life that a request is meant for: another life of the node refuses it. */
export const TO_LIFE_HEADER = 'x-gridclock-to-life';

/** States the version of the wire format of a message; absent for version 1. */
export const WIRE_HEADER = 'x-gridclock-wire';

/** Carries the sender's trace context on `/replicate`. Optional: implementations may omit or ignore it. */
export const EVENT_HEADER = 'x-gridclock-event';

/** Carries the traces of the writes of a message, for OpenTelemetry. Optional, too. */
export const TRACES_HEADER = 'x-gridclock-traces';
