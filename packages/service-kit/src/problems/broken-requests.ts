import { type IncomingMessage, type Server, type ServerResponse, STATUS_CODES } from 'node:http';
import { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import type { Logger } from '../process/logger.ts';
import { DEFAULT_URL_LIMIT_BYTES } from '../requests/http-manners.ts';
import { chooseId, REQUEST_ID_HEADER } from '../requests/request-id.ts';
import { onceClosed } from '../requests/response-closed.ts';
import { problemBody } from './problem.ts';
import type { ProblemCode } from './problem-codes.ts';

/** A request that never reaches the app. */
type BrokenRequest = { status: number; code: ProblemCode; reason: string };

/** The responses that a connection still owes, and its latest request. */
type Exchange = { open: Set<ServerResponse>; request: IncomingMessage; response: ServerResponse };

const MALFORMED: BrokenRequest = {
  status: 400,
  code: 'malformed_http',
  reason: 'The request is not valid HTTP/1.1',
};

/** 1 s: a client reads a response of a few hundred bytes within milliseconds. */
const LINGER_MS = 1_000;

/**
 * Answers requests that the parser rejects, or that do not arrive in time, in the form of all errors. Without it,
 * Node.js sends an empty response. The connection is closed, because the rest of it has no meaning.
 */
export function answerBrokenRequests(server: Server, logger: Logger): void {
  const exchanges = new WeakMap<Duplex, Exchange>();
  server.prependListener('request', (request: IncomingMessage, response: ServerResponse) => {
    const { socket } = request;
    const known = exchanges.get(socket);
    const open = known?.open ?? new Set();
    open.add(response);
    onceClosed(response, () => open.delete(response));
    if (known === undefined) exchanges.set(socket, { open, request, response });
    else {
      known.request = request;
      known.response = response;
    }
  });
  // Any other expectation than 100-continue may be ignored (RFC 9110, 10.1.1).
  server.on('checkExpectation', (request, response) => server.emit('request', request, response));
  server.on('connect', (_request, socket) =>
    send(socket, { status: 405, code: 'method_not_allowed', reason: 'Method not allowed' }, logger),
  );
  const answered = new WeakSet<Duplex>();
  server.on('clientError', (error: NodeJS.ErrnoException & { rawPacket?: unknown }, socket) => {
    // The parser reports every further chunk too.
    if (answered.has(socket)) return;
    answered.add(socket);
    const broken = describe(error);
    if (broken === undefined || !socket.writable) socket.destroy();
    else if (isAnswering(exchanges.get(socket))) closeOnceWritten(socket);
    else send(socket, broken, logger);
  });
}

/** Whether a response would follow, or interrupt, the one to another request or to the broken one itself. */
function isAnswering(exchange: Exchange | undefined): boolean {
  if (exchange === undefined) return false;
  const { open, request, response } = exchange;
  if (!request.complete && response.headersSent) return true;
  return open.size > 1 || [...open].some(({ headersSent }) => headersSent);
}

function closeOnceWritten(socket: Duplex): void {
  if (socket instanceof Socket) socket.destroySoon();
  else socket.destroy();
}

function describe({
  code,
  rawPacket,
}: NodeJS.ErrnoException & { rawPacket?: unknown }): BrokenRequest | undefined {
  switch (code) {
    case 'HPE_HEADER_OVERFLOW':
      return isRequestLine(rawPacket)
        ? { status: 414, code: 'uri_too_long', reason: 'url: is too long' }
        : { status: 431, code: 'headers_too_large', reason: 'The request headers are too large' };
    case 'HPE_CHUNK_EXTENSIONS_OVERFLOW':
      return { status: 413, code: 'content_too_large', reason: 'body: has too many chunk extensions' };
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return { status: 408, code: 'request_timeout', reason: 'The request did not arrive in time' };
    default:
      // Anything else is a failed connection or TLS handshake: nobody reads a response.
      return code?.startsWith('HPE_') ? MALFORMED : undefined;
  }
}

/** Whether what overflowed begins with a request line that is too long by itself. */
function isRequestLine(rawPacket: unknown): boolean {
  if (!Buffer.isBuffer(rawPacket)) return false;
  const end = rawPacket.indexOf('\n');
  return (
    /^[A-Z]+ $/.test(rawPacket.toString('latin1', 0, rawPacket.indexOf(' ') + 1)) &&
    (end === -1 || end > DEFAULT_URL_LIMIT_BYTES)
  );
}

function send(socket: Duplex, { status, code, reason }: BrokenRequest, logger: Logger): void {
  const id = chooseId(undefined);
  const body = JSON.stringify(problemBody(status, { error: reason, code }, id));
  const head = [
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
    'Content-Type: application/json; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(body)}`,
    `${REQUEST_ID_HEADER}: ${id}`,
    'X-Content-Type-Options: nosniff',
    ...(status === 405 ? ['Allow: GET, HEAD, POST, PUT, DELETE, OPTIONS'] : []),
    'Connection: close',
  ];
  logger.debug({ status, code, request_id: id }, 'request broken');
  socket.on('error', () => socket.destroy());
  socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  // Closing with unread bytes resets the connection, which may take the response from the client.
  socket.resume();
  setTimeout(() => socket.destroy(), LINGER_MS).unref();
}
