import type { IncomingMessage } from 'node:http';
import { bearerOf, type RequestClass, Token } from '@gridclock/service-kit';
import { NODE_HEADER } from '../replication/headers.ts';
import { type Receiver, validSignature } from './signed-requests.ts';

/** The routes for other nodes and operators. */
const nodePaths = /^\/(replicate|claims|snapshot|members|trace|faults|ui\/node)([/?]|$)/;

const streamPath = /^\/(watch|ui\/events)(\?|$)/;

/**
 * Returns whether a request is another node's: overload and rate limits must not cut the nodes off from each other.
 * Where the cluster has a token, a request needs it, or a signature, to count as a node's. Streams
 * have a limit of their own, WATCH_LIMIT.
 */
export function classifyRequests(
  token: string | Token | undefined,
  self: Receiver,
): (request: IncomingMessage) => RequestClass {
  const expected = token === undefined ? undefined : Token.from(token);
  return (request) => {
    const { headers, url = '' } = request;
    const isHeartbeat = headers[NODE_HEADER] !== undefined && /^\/(\?|$)/.test(url);
    if (!isHeartbeat && !nodePaths.test(url)) return streamPath.test(url) ? 'stream' : 'client';
    if (expected === undefined) return 'peer';
    const received = bearerOf(request);
    const isTrusted =
      received === undefined
        ? validSignature(request, expected, self) !== undefined
        : expected.accepts(received);
    return isTrusted ? 'peer' : 'client';
  };
}
