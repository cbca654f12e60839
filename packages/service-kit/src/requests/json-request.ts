import type { CancelSignal } from '../pacing/cancellation.ts';

/** What a route sees of a request with a JSON body, whether Express or a hot route serves it. */
export type JsonRequest = {
  body: unknown;
  /** Returns the value of a header, by its name in lower case. */
  header: (name: string) => string | undefined;
  /** Identifies the request; the response has it too. */
  id: string;
  /** When the request arrived, by `performance.now()`. */
  receivedAt: number;
  /** Returns a signal that aborts when the client closes its connection before it has the response. */
  left: () => CancelSignal;
  /** Whether the client has closed its connection. */
  hasLeft: () => boolean;
};

/** A response with a JSON body. The body of an error is completed, see `problemBody`. */
export type JsonResponse = {
  status: number;
  headers?: Readonly<Record<string, string>>;
  body: unknown;
};
