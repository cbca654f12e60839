import { z } from 'zod';
import { isNodeName } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import type { Version } from '../causality/versions.ts';

/** What is recorded of one node. The larger revision is the later; of two alike, a removal counts. */
type MemberRecord = { url: string; revision: number; removed: boolean };

/** What was decided about the nodes that joined or were removed, beside what the configuration says. */
export type MemberRecords = Readonly<Record<string, MemberRecord>>;

const recordsSchema = z.record(
  z.string().refine(isNodeName),
  z.object({ url: z.string(), revision: z.int(), removed: z.boolean() }),
);

/**
 * Reads the records from the versions of their key. Joins and removals at different nodes at the same time
 * are concurrent writes, so all versions count, and for each node the latest record of any of them.
 */
export function readRecords(versions: readonly Version[]): MemberRecords {
  const records: Record<string, MemberRecord> = {};
  for (const { value } of versions) {
    for (const [name, record] of Object.entries(recordsSchema.safeParse(value).data ?? {})) {
      // Own members only: a node may be called `constructor`.
      const other = Object.hasOwn(records, name) ? records[name] : undefined;
      if (other === undefined || isLater(record, other)) records[name] = record;
    }
  }
  return records;
}

/** The records with a node in the cluster, at this address. */
export function withMember(records: MemberRecords, { id, url }: Peer): MemberRecords {
  return { ...records, [id]: { url, revision: nextRevision(records, id), removed: false } };
}

/** The records with a node no longer in the cluster. */
export function withoutMember(records: MemberRecords, { id, url }: Peer): MemberRecords {
  return { ...records, [id]: { url, revision: nextRevision(records, id), removed: true } };
}

/** Whether the node was removed, and has not joined again. */
export function isRemoved(records: MemberRecords, id: string): boolean {
  return Object.hasOwn(records, id) && records[id]?.removed === true;
}

/** The other nodes of the cluster, for the node called `self`: the configured and the joined, less the removed. */
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
