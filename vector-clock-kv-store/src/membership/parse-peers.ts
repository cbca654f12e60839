import { isNodeName } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';

/**
 * Reads the PEERS variable: entries separated by commas, each `id=url`, `id=host:port`, `host:port` or an URL.
 * The short forms' id is their host name; where `self` is a number, it is the next of the remaining numbers
 * from 0 up. An entry with this node's own id is left out, so that all nodes may be given one list.
 *
 * @throws Error that says which entry is wrong
 */
export function parsePeers(self: string, text: string): Peer[] {
  const numbered = /^\d+$/.test(self);
  const peers: Peer[] = [];
  let nextNumber = 0;
  for (const listed of text.split(',').map((part) => part.trim())) {
    if (listed === '') continue;
    const { named, address } = splitEntry(listed);
    const url = parseAddress(address, listed);
    if (named === undefined && numbered && String(nextNumber) === self) nextNumber++;
    const id = named ?? (numbered ? String(nextNumber++) : url.hostname);
    if (!isNodeName(id))
      throw new Error(`has no valid node name in "${listed}"; write it as name=http://host:port`);
    if (id === self) continue;
    if (peers.some((peer) => peer.id === id)) {
      throw new Error(`names ${id} twice; write peers on one host as name=http://host:port`);
    }
    peers.push({ id, url: url.href.replace(/\/+$/, '') });
  }
  return peers;
}

function splitEntry(listed: string): { named?: string; address: string } {
  const mark = listed.indexOf('=');
  if (mark === -1) return { address: listed };
  return { named: listed.slice(0, mark).trim(), address: listed.slice(mark + 1).trim() };
}

function parseAddress(address: string, listed: string): URL {
  const full = /^https?:\/\//.test(address) ? address : `http://${address}`;
  if (!URL.canParse(full)) throw new Error(`has no valid address in "${listed}"`);
  const url = new URL(full);
  if (full !== address && !/:\d+$/.test(address)) throw new Error(`needs host:port in "${listed}"`);
  return url;
}
