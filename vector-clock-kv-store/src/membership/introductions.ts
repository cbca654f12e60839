import type { Peer } from '../causality/peer.ts';
import { type ClaimRequest, type Heartbeat, WrongPeerError } from '../replication/transport.ts';
import type { IdentityWatch } from './identity-watch.ts';
import type { MemberDirectory } from './member-directory.ts';

/** Asks a peer to call this node. It is repeated with the next heartbeat while the peer's knowledge differs. */
export function announceTo(
  peer: string,
  directory: MemberDirectory,
  own: Omit<ClaimRequest, 'confirm'>,
): void {
  const endpoint = directory.endpoints().find((candidate) => candidate.peer.id === peer);
  endpoint?.transport.claim({ ...own, confirm: true }).catch(() => {});
}

/** Considers a heartbeat that a node asked this one to request, and the address that it came from. */
export function considerIntroduction(
  heartbeat: Heartbeat,
  peer: Peer,
  { directory, watch }: { directory: MemberDirectory; watch: IdentityWatch },
): void {
  const listed = directory.peers.some(({ id }) => id === peer.id);
  const decided = heartbeat.status === 'ok' || heartbeat.status === 'catching-up';
  if (listed && decided) {
    try {
      watch.check(peer.id, heartbeat, false);
    } catch (error) {
      if (!(error instanceof WrongPeerError)) throw error;
    }
  } else if (watch.compareOwn(heartbeat) && !listed) directory.introduce(peer);
}
