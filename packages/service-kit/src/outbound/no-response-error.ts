/** The connection that a request used. */
export type UsedConnection = {
  /** How long before the response or failure it was established, in milliseconds. */
  ageMs: number;
  /** Whether an earlier request had used it. */
  isReused: boolean;
};

type NoResponseDetails = {
  /** The error's code, as Node.js has it. */
  code: string;
  /** `refused`: the server cannot have handled the request, because none of it was sent. `ambiguous`: it may have. */
  kind: 'refused' | 'ambiguous';
  /** Undefined where none was established. */
  connection: UsedConnection | undefined;
};

/** A request got no usable response. */
export class NoResponseError extends Error {
  override readonly name = 'NoResponseError';
  readonly code: string;
  readonly kind: 'refused' | 'ambiguous';
  readonly connection: UsedConnection | undefined;

  constructor(message: string, { code, connection, kind }: NoResponseDetails) {
    super(message);
    this.code = code;
    this.kind = kind;
    this.connection = connection;
  }
}
