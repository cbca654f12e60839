import { z } from 'zod';
import { isNodeName } from '../causality/node-id.ts';
import type { Peer } from '../causality/peer.ts';
import { pointwiseMin, type VectorClock, zeroClock } from '../causality/vector-clock.ts';
import type { Version } from '../causality/versions.ts';

/** The latest decision about one node. The larger revision wins; on a tie, a removal wins. */
type MemberRecord = {
  url: string;
  revision: number;
  removed: boolean;
  /** Whether the node itself or an operator gave the URL. It then precedes the configuration. */
  stated?: boolean;
  /** Deletions up to this clock are forgotten: data that does not include it must not return. */
  needs?: VectorClock;
};

/** The nodes that joined or were removed, by name. They override the configuration. */
export type MemberRecords = Readonly<Record<string, MemberRecord>>;

const recordsSchema = z.record(
  z.string().refine(isNodeName),
  z.object({
    url: z.string(),
    revision: z.int(),
    removed: z.boolean(),
    stated: z.boolean().exactOptional(),
    needs: z.record(z.string(), z.int()).exactOptional(),
  }),
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

/** Adds a member as the configuration lists it. */
export function withMember(records: MemberRecords, { id, url }: Peer): MemberRecords {
  return changed(records, id, { url, removed: false });
}

/** Adds a member, or changes its URL, as it or an operator states it. */
export function withStatedMember(records: MemberRecords, { id, url }: Peer): MemberRecords {
  return changed(records, id, { url, removed: false, stated: true });
}

/** Removes a member. */
export function withoutMember(records: MemberRecords, { id, url }: Peer): MemberRecords {
  return changed(records, id, { url, removed: true });
}

/** Lets the deletions up to a clock be forgotten: the removed nodes may return only with data that includes it. */
export function withForgotten(records: MemberRecords, clock: VectorClock): MemberRecords {
  const removed = Object.entries(records).filter(([id]) => isRemoved(records, id));
  return removed.reduce(
    (all, [id, { url }]) => changed(all, id, { url, removed: true, needs: clock }),
    records,
  );
}

/** Returns the clock up to which deletions may be forgotten although the removed nodes may return. */
export function forgettable(records: MemberRecords): VectorClock {
  const needs = Object.keys(records).flatMap((id) =>
    isRemoved(records, id) ? [needsOf(records, id) ?? zeroClock] : [],
  );
  return needs.length === 0 ? zeroClock : needs.reduce(pointwiseMin);
}

/** Returns the clock that a node's data must include; undefined if it may have any. */
export function needsOf(records: MemberRecords, id: string): VectorClock | undefined {
  return Object.hasOwn(records, id) ? records[id]?.needs : undefined;
}

function changed(records: MemberRecords, id: string, change: Omit<MemberRecord, 'revision'>): MemberRecords {
  const needs = needsOf(records, id);
  const record = { ...(needs && { needs }), ...change, revision: revisionOf(records, id) + 1 };
  return { ...records, [id]: record };
}

/** Reports whether a node was removed and has not joined again. */
export function isRemoved(records: MemberRecords, id: string): boolean {
  return Object.hasOwn(records, id) && records[id]?.removed === true;
}

/**
 * Returns the members other than `self`: the configured and the joined nodes without the removed ones.
 *
 * @param addresses the URLs that nodes have given since, by name
 */
export function currentPeers(
  self: string,
  configured: readonly Peer[],
  records: MemberRecords,
  addresses: ReadonlyMap<string, { url: string }> = new Map(),
): Peer[] {
  const joined = Object.entries(records)
    .filter(([id]) => id !== self && !configured.some((peer) => peer.id === id))
    .flatMap(([id, { url }]) => (URL.canParse(url) ? [{ id, url: originOf(url) }] : []));
  return [...configured, ...joined]
    .filter(({ id }) => !isRemoved(records, id))
    .map(({ id, url }) => ({ id, url: addresses.get(id)?.url ?? statedUrl(records, id) ?? url }));
}

/** Returns the removed members other than `self`, where they were last. */
export function formerPeers(self: string, records: MemberRecords): Peer[] {
  return Object.entries(records)
    .filter(([id, { removed }]) => removed && id !== self)
    .flatMap(([id, { url }]) => (URL.canParse(url) ? [{ id, url: originOf(url) }] : []));
}

function statedUrl(records: MemberRecords, id: string): string | undefined {
  const record = Object.hasOwn(records, id) ? records[id] : undefined;
  return record?.stated && URL.canParse(record.url) ? originOf(record.url) : undefined;
}

/** Earlier releases recorded whole URLs. */
function originOf(url: string): string {
  const { host, protocol } = new URL(url);
  return `${protocol}//${host}`;
}

function isLater(left: MemberRecord, right: MemberRecord): boolean {
  if (left.revision !== right.revision) return left.revision > right.revision;
  return left.removed && !right.removed;
}

/** Returns the number of the latest decision about a node; 0 if there is none. */
export function revisionOf(records: MemberRecords, id: string): number {
  return Object.hasOwn(records, id) ? (records[id]?.revision ?? 0) : 0;
}
