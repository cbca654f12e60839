/** The versions of the messages between nodes that a node reads, from the first to the last, and the newest that it writes. */
export type WireFormats = { reads: readonly [first: number, last: number]; writes: number };

/**
 * The first version: the messages of the contract, with the optional fields of `messages/peer.ts`. Releases up to 0.1.0 and
 * other implementations state no version, and speak this one.
 */
export const FIRST_WIRE_FORMATS: WireFormats = { reads: [1, 1], writes: 1 };

/** From this version on, a list of writes may have some in the short form; see `messages/peer.ts`. */
export const SHORT_WRITES = 2;

/**
 * What this release speaks. A field that receivers may ignore needs no new version. For any other change, add a version, and
 * read the one before it for as long as releases beside this one write it: a node writes what its peer reads.
 */
export const WIRE_FORMATS: WireFormats = { reads: [1, SHORT_WRITES], writes: SHORT_WRITES };

/** Returns the newest version that both nodes know, in which a node writes to a peer; undefined if there is none. */
export function commonVersion(own: WireFormats, peer: WireFormats): number | undefined {
  const version = Math.min(own.writes, own.reads[1], peer.reads[1]);
  return version >= Math.max(own.reads[0], peer.reads[0]) ? version : undefined;
}

/** Reports whether a node reads messages of a version. */
export function isRead({ reads: [first, last] }: WireFormats, version: number): boolean {
  return version >= first && version <= last;
}

/** Names the versions that a node reads, for a message: `version 1`, or `versions 2 to 3`. */
export function formatVersions({ reads: [first, last] }: WireFormats): string {
  return first === last ? `version ${first}` : `versions ${first} to ${last}`;
}
