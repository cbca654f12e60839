/** A fault of one message. */
export type MessageFault =
  /** The message arrives; the response is lost. */
  | 'response-lost'
  /** The message is lost. */
  | 'message-lost'
  /** The message is lost on a connection that an earlier one had used. */
  | 'connection-dead'
  /** The message is delayed until `deliverHeld`. */
  | 'held'
  /** No connection is made. */
  | 'unreachable'
  /** The substation has crashed and restarts empty. */
  | 'down';

/** How charges at a substation fail although it answers polls: without a response, or with an error. */
export type GrayFailure = 'hangs' | 'fails' | 'cannot be connected to';
