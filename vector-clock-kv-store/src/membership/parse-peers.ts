import { originSchema } from '@gridclock/service-kit';
import { isNodeName } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';

/**
 * Parses the PEERS variable: comma-separated `id=url`, `id=host:port`, `host:port` or URL.
 *
 * Without an id, the host name is the id; but if `self` is a number, the peers are the remaining numbers from 0 up,
 * in the order listed. Leaves out `self`, so that all nodes can share one list.
 *
 * @throws Error that quotes the invalid part
 */
export function parsePeers(self: string, text: string): Peer[] {
  const numbered = /^\d+$/.test(self);
  const peers: Peer[] = [];
  let nextNumber = 0;
  for (const listed of text.split(',').map((part) => part.trim())) {
    if (listed === '') continue;
    const { named, address } = splitId(listed);
    const url = parseAddress(address, listed);
    if (named === undefined && numbered && String(nextNumber) === self) nextNumber++;
    const id = named ?? (numbered ? String(nextNumber++) : url.hostname);
    if (!isNodeName(id))
      throw new Error(`has no valid node name in "${listed}"; write it as name=http://host:port`);
    if (id === self) continue;
    if (peers.some((peer) => peer.id === id)) {
      throw new Error(`names ${id} twice; write peers on one host as name=http://host:port`);
    }
    peers.push({ id, url: url.origin });
  }
  return peers;
}

function splitId(listed: string): { named?: string; address: string } {
  const separator = listed.indexOf('=');
  if (separator === -1) return { address: listed };
  return { named: listed.slice(0, separator).trim(), address: listed.slice(separator + 1).trim() };
}

function parseAddress(address: string, listed: string): URL {
  const full = /^https?:\/\//.test(address) ? address : `http://${address}`;
  const origin = originSchema.safeParse(full);
  if (!origin.success)
    throw new Error(`has no valid address in "${listed}"; an address ${origin.error.issues[0]?.message}`);
  const url = new URL(origin.data);
  if (full !== address && !/:\d+$/.test(address)) throw new Error(`needs host:port in "${listed}"`);
  return url;
}
