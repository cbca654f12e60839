import { isIP, connect as openTcp, type Socket } from 'node:net';
import { connect as openTls } from 'node:tls';
import type { PeerTls } from '../tls/service-tls.ts';
import { verifyPeer } from '../tls/verify-peer.ts';
import type { AddressGuard } from './address-guard.ts';

export type OpenConnectionOptions = {
  /** The maximum time for establishing a connection, DNS and TLS included, in milliseconds. */
  connectTimeoutMs: number;
  /** Judges every address before a connection to it; without one, all are allowed. */
  guard: AddressGuard | undefined;
  /** Verifies the peer of a connection with TLS; without one, it must have a certificate of a public authority. */
  tls: PeerTls | undefined;
};

/** Called with the bytes that arrive, which are overwritten afterwards. */
type OnBytes = (bytes: Buffer) => void;

/** The error code of a connection that was not established in time. */
export const CONNECT_TIMEOUT = 'ECONNECTTIMEOUT';

/** 60 s: shows a host that is gone while a response takes long. */
const PROBE_AFTER_MS = 60_000;

/**
 * 64 KiB, as much as Node.js reads at once. All connections share it: what one has read is handled before the next one
 * reads. A stream would allocate as much for each read, and take several microseconds of each response.
 */
const received = Buffer.allocUnsafeSlow(64 * 1024);

/**
 * Opens a connection. Calls back once, when it is established or has failed.
 *
 * @param origin `https:` opens it with TLS
 * @throws Error if the host is an address that is not allowed
 */
export function openConnection(
  origin: URL,
  { connectTimeoutMs, guard, onBytes, tls }: OpenConnectionOptions & { onBytes: OnBytes },
  callback: (error: Error | null) => void,
): Socket {
  const isSecure = origin.protocol === 'https:';
  const host = origin.hostname.replace(/^\[|\]$/g, '');
  guard?.check(host);
  const options = {
    host,
    port: origin.port === '' ? (isSecure ? 443 : 80) : Number(origin.port),
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: PROBE_AFTER_MS,
    onread: {
      buffer: received,
      callback(length: number) {
        onBytes(received.subarray(0, length));
        return true;
      },
    },
    ...(guard && { lookup: guard.lookup }),
  };
  const socket = isSecure
    ? openTls({
        ...options,
        // An address is no server name (RFC 6066).
        servername: isIP(host) === 0 ? host : '',
        ...(tls && {
          secureContext: tls.tls.clientContext,
          checkServerIdentity: (name, certificate) => verifyPeer(tls, name, certificate),
        }),
      })
    : openTcp(options);
  let isSettled = false;
  const settle = (error: Error | null) => {
    if (isSettled) return;
    isSettled = true;
    clearTimeout(timer);
    callback(error);
  };
  const expire = () => {
    if (isSettled) return;
    const reason = `no connection within ${connectTimeoutMs} ms`;
    socket.destroy(Object.assign(new Error(reason), { code: CONNECT_TIMEOUT }));
  };
  // One turn later: if this process was blocked, the connection may be established by now.
  const timer = setTimeout(() => setImmediate(expire), connectTimeoutMs);
  socket.once(isSecure ? 'secureConnect' : 'connect', () => settle(null));
  socket.on('error', settle);
  socket.once('close', () => settle(new Error('the connection was closed')));
  return socket;
}
