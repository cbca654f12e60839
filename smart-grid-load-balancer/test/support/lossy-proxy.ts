import { request as sendRequest } from 'node:http';
import { type HttpServer, startHttpServer } from './http-server.ts';

/** How charges fail while polls succeed: without a response, or with an error. */
export type BrokenCharges = 'hang' | 'fail';

export type LossyProxy = HttpServer & {
  /** Drops the next `count` responses to `POST /charge`, after the target has handled the request. */
  dropResponses: (count: number) => void;
  /** How many responses it has dropped so far. */
  dropped: () => number;
  /** Lets `POST /charge` hang or fail before it reaches the target, until called without an argument. */
  breakCharges: (how?: BrokenCharges) => void;
  /** How many charges it has received while they were broken. */
  broken: () => number;
  /** How many polls have got their response: the target may also have served some whose sender had given up. */
  polled: () => number;
};

/** Starts a reverse proxy that can drop responses, as a network that fails after delivery does. */
export async function startLossyProxy(target: { url: string }): Promise<LossyProxy> {
  let toDrop = 0;
  let dropped = 0;
  let breaking: BrokenCharges | undefined;
  let broken = 0;
  let polled = 0;
  const server = await startHttpServer((incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const isCharge = method === 'POST' && url === '/charge';
    if (url?.startsWith('/metrics')) outgoing.once('finish', () => (polled += 1));
    if (isCharge && breaking !== undefined) {
      broken += 1;
      incoming.resume();
      if (breaking === 'fail') outgoing.writeHead(500).end();
      return;
    }
    const forwarded = sendRequest(`${target.url}${url}`, { method, headers }, (response) => {
      const drops = isCharge && toDrop > 0;
      if (!drops) {
        outgoing.writeHead(response.statusCode ?? 502, response.headers);
        response.pipe(outgoing);
        return;
      }
      toDrop -= 1;
      dropped += 1;
      response.resume().once('end', () => incoming.socket.destroy());
    });
    // Without a target, hang up as a crashed service would.
    forwarded.once('error', () => incoming.socket.destroy());
    // A sender that has left has left for the target too.
    outgoing.once('close', () => forwarded.destroy());
    incoming.pipe(forwarded);
  });
  return {
    ...server,
    dropResponses(count) {
      toDrop = count;
    },
    dropped: () => dropped,
    breakCharges(how) {
      breaking = how;
    },
    broken: () => broken,
    polled: () => polled,
  };
}
