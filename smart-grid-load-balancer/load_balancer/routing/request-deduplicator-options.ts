import type { Acceptance } from '../transport/transport.ts';
import type { RequestJournal, RequestRecord } from './request-records.ts';

export type RequestDeduplicatorOptions = {
  /** How long a placement is remembered after its session's end, in milliseconds. */
  rememberMs: number;
  /** The maximum number of placements remembered. */
  limit: number;
  /** Milliseconds, from a clock that does not go backwards. */
  now: () => number;
  /** Milliseconds since 1970; `now` by default. */
  wallClock?: () => number;
  /** Called when a repeated request shares the placement of an earlier one. */
  onRepeat?: () => void;
  /** Where the memory is kept over restarts. */
  journal?: RequestJournal;
  /** Resolves to true if the session of an accepted request was interrupted. Never by default. */
  isInterrupted?: (record: RequestRecord) => Promise<boolean>;
  /** Resolves to an accepted request's acceptance with what the journal does not keep of it. Unchanged by default. */
  complete?: (record: RequestRecord) => Promise<Acceptance | undefined>;
};
