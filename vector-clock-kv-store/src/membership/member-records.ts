import { z } from 'zod';
import { isNodeName } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import type { Version } from '../causality/versions.ts';

/** The latest decision about one node. The larger revision wins; on a tie, a removal wins. */
type MemberRecord = { url: string; revision: number; removed: boolean };

/** The nodes that joined or were removed, by name. They override the configuration. */
export type MemberRecords = Readonly<Record<string, MemberRecord>>;

const recordsSchema = z.record(
  z.string().refine(isNodeName),
  z.object({ url: z.string(), revision: z.int(), removed: z.boolean() }),
);

/**
 * Merges the versions of the membership records. Changes at two nodes at once are concurrent writes, so the result
 * takes the latest record of each node from any version.
 */
export function readRecords(versions: readonly Version[]): MemberRecords {
  const records: Record<string, MemberRecord> = {};
  for (const { value } of versions) {
    for (const [name, record] of Object.entries(recordsSchema.safeParse(value).data ?? {})) {
      // Object.hasOwn, because a node may be named after a property of every object, such as `constructor`.
      const other = Object.hasOwn(records, name) ? records[name] : undefined;
      if (other === undefined || isLater(record, other)) records[name] = record;
    }
  }
  return records;
}

/** Adds a member, or changes its URL. */
export function withMember(records: MemberRecords, { id, url }: Peer): MemberRecords {
  return { ...records, [id]: { url, revision: nextRevision(records, id), removed: false } };
}

/** Removes a member. */
export function withoutMember(records: MemberRecords, { id, url }: Peer): MemberRecords {
  return { ...records, [id]: { url, revision: nextRevision(records, id), removed: true } };
}

/** Reports whether a node was removed and has not joined again. */
export function isRemoved(records: MemberRecords, id: string): boolean {
  return Object.hasOwn(records, id) && records[id]?.removed === true;
}

/** Returns the members other than `self`: the configured and the joined nodes without the removed ones. */
export function currentPeers(self: string, configured: readonly Peer[], records: MemberRecords): Peer[] {
  const joined = Object.entries(records)
    .filter(([id]) => id !== self && !configured.some((peer) => peer.id === id))
    .map(([id, { url }]) => ({ id, url }));
  return [...configured, ...joined].filter(({ id }) => !isRemoved(records, id));
}

function isLater(left: MemberRecord, right: MemberRecord): boolean {
  if (left.revision !== right.revision) return left.revision > right.revision;
  return left.removed && !right.removed;
}

function nextRevision(records: MemberRecords, id: string): number {
  return (Object.hasOwn(records, id) ? (records[id]?.revision ?? 0) : 0) + 1;
}
