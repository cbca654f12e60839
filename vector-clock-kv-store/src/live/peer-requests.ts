import type { Peer } from '../causality/peer.ts';
import { nodeViewSchema } from '../messages/node-view.ts';
import type { NodeView } from './node-view.ts';
import type { SeenEvents } from './view-node.ts';

/** A request to a peer, and its response. */
export type PeerRequest = { method: 'GET' | 'POST' | 'DELETE'; path: string; body?: string };
type PeerResponse = { status: number; data: unknown };

/** Sends a request to a peer with this node's credentials; rejects if it does not respond. */
export type AskPeer = (peer: Peer, request: PeerRequest) => Promise<PeerResponse>;

/** Returns a function that keeps what sends to each peer, with its connection and its credentials, while it stays a peer. */
export function askThrough(open: (peer: Peer) => AskPeer): AskPeer {
  const opened = new Map<string, { url: string; ask: AskPeer }>();
  return (peer, request) => {
    let known = opened.get(peer.id);
    if (known?.url !== peer.url) {
      known = { url: peer.url, ask: open(peer) };
      opened.set(peer.id, known);
    }
    return known.ask(peer, request);
  };
}

/** Asks a peer for what the live page shows of it. @throws Error with a reason that people can read */
export async function viewPeer(ask: AskPeer, peer: Peer, { host, since }: SeenEvents): Promise<NodeView> {
  const query = new URLSearchParams({ since: String(since), ...(host === undefined ? {} : { host }) });
  const { status, data } = await ask(peer, { method: 'GET', path: `/ui/node?${query}` }).catch(() => {
    throw new Error('does not respond');
  });
  if (status === 404) throw new Error('runs a release without a live page');
  if (status !== 200) throw new Error(`responded with status ${status}`);
  const parsed = nodeViewSchema.safeParse(data);
  if (!parsed.success) throw new Error('shows itself in an unknown form');
  return parsed.data;
}
