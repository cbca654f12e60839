import getPort from 'get-port';

/** A TCP port that is free on this machine, not given out before by this process. */
export function freePort(): Promise<number> {
  return getPort();
}
