import type { Logger } from '../process/logger.ts';

/** A process that records traces. */
export type TracedProcess = {
  /** The name of its service. */
  service: string;
  /** Which of several processes of the service it is; undefined if it has no name. */
  instance: string | undefined;
  logger: Logger;
};
