import type { BalancerResult } from './balancer-result.ts';

export type HedgedOptions = {
  /** After how long without a response the second request is sent, in milliseconds. */
  afterMs: number;
  /** How long after a `second` that sent nothing it is called again, in milliseconds. */
  againAfterMs: number;
  first: (signal: AbortSignal) => Promise<BalancerResult>;
  /** Returns undefined if it sends nothing now. */
  second: (signal: AbortSignal) => Promise<BalancerResult> | undefined;
};

/**
 * Sends a request, and a second one if there is no response for some time: the connection of the first may be dead,
 * which TCP notices only after minutes. The first stays open, because the balancer may be slow for a good reason.
 * Resolves to the first response and cancels the other request.
 */
export function hedged({ afterMs, againAfterMs, first, second }: HedgedOptions): Promise<BalancerResult> {
  const cancel = new AbortController();
  return new Promise((resolve, reject) => {
    let pending = 0;
    let mayHaveActed = false;
    const finish = (result: BalancerResult) => {
      clearTimeout(timer);
      // To abort takes about as long as a small request.
      if (pending > 0) cancel.abort();
      resolve(result);
    };
    const wait = (request: Promise<BalancerResult>) => {
      pending += 1;
      request.then((result) => {
        pending -= 1;
        if (!('unreachable' in result)) return finish(result);
        mayHaveActed ||= result.mayHaveActed;
        if (pending === 0) finish({ ...result, mayHaveActed });
      }, reject);
    };
    const sendSecond = () => {
      const request = second(cancel.signal);
      if (request === undefined) timer = setTimeout(sendSecond, againAfterMs);
      else wait(request);
    };
    let timer = setTimeout(sendSecond, afterMs);
    wait(first(cancel.signal));
  });
}
