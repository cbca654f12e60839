import type { NodeId } from './node-id.ts';
import { counterOf, type Dot, type VectorClock } from './vector-clock.ts';

/** Identifies one run of a node's process, from its start to its exit. */
export type LifeId = string;

/** One life's use of an id: the writes that it makes under the id are numbered above `from`. */
export type Tenure = {
  life: LifeId;
  id: NodeId;
  from: number;
  /** Set if every member confirmed it at the life's start. Only the node itself uses it. */
  confirmed?: true;
  /** Set in the record of another node that was not heard since this node's own data was in doubt. */
  doubted?: true;
};

/** The lives that have written to one node's disk, oldest first. Empty for data of earlier releases. */
export type Lineage = readonly Tenure[];

/** Own writes that contradict the cluster's: those under `id` numbered above `after`. */
export type Disowned = {
  id: NodeId;
  after: number;
  /** Whether the data is not wrong but too old: deletions of its values have been forgotten. */
  outdated?: boolean;
};

/** 1,000 tenures of about 60 bytes: a node that cannot reach the others may restart all day. */
const MAX_TENURES = 1_000;

/** 32 of them: a heartbeat stays small, and no copy of a disk is 32 restarts old. */
const MAX_REPORTED = 32;

/** Draws the id of a life: 64 random bits. @param random uniform in [0, 1) */
export function drawLife(random: () => number): LifeId {
  const half = () =>
    Math.floor(random() * 2 ** 32)
      .toString(16)
      .padStart(8, '0');
  return half() + half();
}

/** Reports whether `text` is a valid life. */
export function isLife(text: string): boolean {
  return /^[0-9a-f]{8,16}$/.test(text);
}

/** Adds a tenure, unless the life already has one of that id. Forgets the oldest one over the limit. */
export function withTenure(lineage: Lineage, { life, id, from }: Tenure): Lineage {
  if (lineage.some((tenure) => tenure.life === life && tenure.id === id)) return lineage;
  if (lineage.length < MAX_TENURES) return [...lineage, { life, id, from }];
  // Members that were unreachable ever since know no later one: without it, they seem to know a foreign life.
  const oldest = lineage.findLastIndex(({ confirmed }) => confirmed) === 0 ? 1 : 0;
  return [...lineage.filter((_, index) => index !== oldest), { life, id, from }];
}

/**
 * Returns the tenures that a node reports to others: the last ones, and those that the others may have recorded last.
 *
 * @param recalled further lives to report, because others have them on record
 */
export function reported(lineage: Lineage, recalled: ReadonlySet<LifeId>): Lineage {
  const recent = lineage.length - MAX_REPORTED;
  const confirmed = lineage.findLastIndex((tenure) => tenure.confirmed);
  return lineage
    .filter(({ life }, index) => index >= recent || index === confirmed || recalled.has(life))
    .slice(-2 * MAX_REPORTED)
    .map(({ life, id, from }) => ({ life, id, from }));
}

/** Marks the tenures of a life as confirmed by every member. */
export function withConfirmed(lineage: Lineage, life: LifeId): Lineage {
  return lineage.map((tenure) => (tenure.life === life ? { ...tenure, confirmed: true } : tenure));
}

/**
 * Adds the tenures that other nodes have recorded, for a node that continues under a new id: the data that it will
 * have includes their writes.
 */
export function withRecorded(lineage: Lineage, records: readonly Lineage[]): Lineage {
  const extended = records.flat().reduce(withTenure, lineage);
  if (extended === lineage) return lineage;
  return extended
    .slice()
    .sort((left, right) => (left.id === right.id ? left.from - right.from : left.id < right.id ? -1 : 1));
}

/** Reports whether `lineage` continues where `record` ends: the last life in the record has used this disk. */
export function continues(lineage: Lineage, record: Lineage): boolean {
  const last = record.at(-1);
  return last === undefined || lineage.some(({ life }) => life === last.life);
}

/**
 * Finds how far a node's numbering of `id` agrees with what another node has recorded of it.
 *
 * @returns the last counter that both have in common; undefined if the record names no life that is foreign to `own`
 */
export function forkOf(own: Lineage, record: Lineage, id: NodeId): number | undefined {
  const ours = own.filter((tenure) => tenure.id === id);
  const theirs = record.filter((tenure) => tenure.id === id);
  const [oldest] = ours;
  // Data of earlier releases has no lives. A life that is old enough may have been forgotten.
  if (oldest === undefined || theirs.length === 0) return undefined;
  const common = ours.filter(({ life }) => theirs.some((tenure) => tenure.life === life));
  const reach = Math.min(...(common.length > 0 ? common : lineageStart(own, oldest)).map(({ from }) => from));
  const foreign = theirs.filter(
    ({ life, from }) => from >= reach && own.every((tenure) => tenure.life !== life),
  );
  if (foreign.length === 0) return undefined;
  const unshared = ours.filter((tenure) => tenure.from >= reach && !common.includes(tenure));
  return Math.min(...[...foreign, ...unshared].map(({ from }) => from));
}

/** Returns the life that made a write, as far as the lineage reaches back. */
export function lifeOf(lineage: Lineage, { node, counter }: Dot): LifeId | undefined {
  return lineage.findLast(({ id, from }) => id === node && from < counter)?.life;
}

/** Finds an id under which a node has written more than it has in common with a record. */
export function disownedBy(record: Lineage, own: Lineage, clock: VectorClock): Disowned | undefined {
  for (const id of new Set(own.map((tenure) => tenure.id))) {
    const fork = forkOf(own, record, id);
    if (fork !== undefined && counterOf(clock, id) > fork) return { id, after: fork };
  }
  return undefined;
}

/** Where comparing may begin if two lineages have no life in common: at 0, unless the oldest tenures are forgotten. */
function lineageStart(lineage: Lineage, oldest: Tenure): Lineage {
  return [lineage.length < MAX_REPORTED ? { ...oldest, from: 0 } : oldest];
}
