import { compare, descends, type VectorClock } from '../../causality/vector-clock.ts';
import type { Version } from '../../causality/versions.ts';
import { checkHistory } from './check.ts';
import type { History, Operation } from './history.ts';
import { checkSessionGuarantees, type GuaranteeViolation } from './session-guarantees.ts';
import type { Conviction } from './verdict.ts';

/** What a node shows when all is over: its clock, and every key's versions, the winner first. */
export type FinalState = {
  node: string;
  clock: VectorClock;
  versions: ReadonlyMap<string, readonly Version[]>;
};

/** What was found in one run. */
export type RunCheck = {
  /** How many writes and deletions were acknowledged, reads answered, and writes left without an answer. */
  acknowledged: number;
  reads: number;
  unknown: number;
  /** Acknowledged writes that are not in the end what they should be, one sentence each. */
  lost: readonly string[];
  /** The causal-consistency pattern found; undefined when there is none. */
  conviction: Conviction | undefined;
  sessionViolations: readonly GuaranteeViolation[];
  /** In what the nodes differ, one sentence each. */
  differences: readonly string[];
  /** Writes that were given one and the same clock. */
  reusedClocks: readonly string[];
};

type Acknowledged = Operation & { vc: VectorClock };

/** Judges a run by what its sessions recorded and what its nodes show once they have converged. */
export function checkRun(history: History, finals: readonly FinalState[]): RunCheck {
  const operations = history.sessions.flatMap((session) => session.operations);
  const writes = operations.filter(({ kind }) => kind !== 'read');
  const acknowledged = writes.filter(isAcknowledged);
  const verdict = checkHistory(history);
  return {
    acknowledged: acknowledged.length,
    reads: operations.length - writes.length,
    unknown: writes.length - acknowledged.length,
    lost: [...new Set(finals.flatMap((final) => findLost(acknowledged, writes, final)))],
    conviction: verdict.consistent ? undefined : verdict,
    sessionViolations: checkSessionGuarantees(history),
    differences: findDifferences(finals),
    reusedClocks: findReusedClocks(acknowledged),
  };
}

function isAcknowledged(operation: Operation): operation is Acknowledged {
  return operation.kind !== 'read' && operation.status !== 'unknown' && operation.vc !== undefined;
}

/**
 * Every acknowledged write must be counted at the node. Of each key, those that no other acknowledged write
 * has replaced must stand there, or have been replaced by one whose answer was lost; those replaced must not.
 */
function findLost(
  acknowledged: readonly Acknowledged[],
  writes: readonly Operation[],
  final: FinalState,
): string[] {
  const uncounted = acknowledged
    .filter(({ vc }) => !descends(final.clock, vc))
    .map((write) => `${show(write)} is not counted at ${final.node}`);
  const byKey = grouped(acknowledged, ({ key }) => key);
  const misplaced = [...byKey].flatMap(([key, ofKey]) => {
    const newest = withoutReplaced(ofKey);
    const versions = final.versions.get(key) ?? [];
    // A deletion without an answer may have taken what it replaced, and itself, away.
    const perhapsDeleted = writes.some(
      (write) => write.key === key && write.kind === 'delete' && !isAcknowledged(write),
    );
    const gone = newest
      .filter((write) => write.kind !== 'delete' && !perhapsDeleted)
      .filter(({ vc }) => !versions.some((version) => descends(version.vc, vc)))
      .map((write) => `${show(write)} is gone from ${final.node}`);
    const back = versions
      .filter((version) => newest.some(({ vc }) => compare(version.vc, vc) === 'before'))
      .map(({ value }) => `${key}=${JSON.stringify(value)} is back at ${final.node} though it was replaced`);
    return [...gone, ...back];
  });
  return [...uncounted, ...misplaced];
}

/** The writes of one key that none of them has seen. */
function withoutReplaced(writes: readonly Acknowledged[]): Acknowledged[] {
  const newest: Acknowledged[] = [];
  for (const write of writes) {
    if (newest.some(({ vc }) => compare(write.vc, vc) === 'before')) continue;
    const concurrent = newest.filter(({ vc }) => compare(vc, write.vc) !== 'before');
    newest.splice(0, newest.length, ...concurrent, write);
  }
  return newest;
}

function findDifferences([first, ...others]: readonly FinalState[]): string[] {
  if (first === undefined) return [];
  return others.flatMap((other) => {
    const clocks = compare(first.clock, other.clock) === 'equal' ? [] : ['their clocks'];
    const keys = new Set([...first.versions.keys(), ...other.versions.keys()]);
    const differing = [...keys].filter(
      (key) => !sameVersions(first.versions.get(key), other.versions.get(key)),
    );
    return [...clocks, ...differing].map((what) => `${first.node} and ${other.node} differ in ${what}`);
  });
}

/** A deletion that one node has dropped already and another not yet is no difference. */
function sameVersions(left: readonly Version[] = [], right: readonly Version[] = []): boolean {
  if (onlyDeleted(left) && onlyDeleted(right)) return true;
  return (
    left.length === right.length &&
    left.every((version, index) => {
      const other = right[index];
      return (
        other !== undefined &&
        JSON.stringify(version.value) === JSON.stringify(other.value) &&
        compare(version.vc, other.vc) === 'equal'
      );
    })
  );
}

function onlyDeleted(versions: readonly Version[]): boolean {
  return versions.every(({ value }) => value === null);
}

function findReusedClocks(acknowledged: readonly Acknowledged[]): string[] {
  const byClock = grouped(acknowledged, ({ vc }) => JSON.stringify(Object.entries(vc).sort()));
  return [...byClock.values()]
    .filter((writes) => writes.length > 1)
    .map((writes) => `${writes.map(show).join(' and ')} were given one clock`);
}

function grouped<Item>(items: readonly Item[], nameOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(nameOf(item));
    if (group === undefined) groups.set(nameOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function show({ kind, key, value }: Operation): string {
  return kind === 'delete' ? `the deletion ${value} of ${key}` : `${key}=${JSON.stringify(value)}`;
}
