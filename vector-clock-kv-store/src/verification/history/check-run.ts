import type { Retirement } from '../../causality/retirements.ts';
import { compare, descends, type VectorClock } from '../../causality/vector-clock.ts';
import type { Version } from '../../causality/versions.ts';
import { checkHistory } from './check-history.ts';
import type { History, Operation } from './history.ts';
import { checkSessionGuarantees, type GuaranteeViolation } from './session-guarantees.ts';
import type { Violation } from './verdict.ts';

/** A node's state after the run: its clock and the versions of every key, the winner first. */
export type FinalState = {
  node: string;
  clock: VectorClock;
  versions: ReadonlyMap<string, readonly Version[]>;
  /** The retirements that the node knows; see `expandClocks`. */
  retired?: readonly Retirement[] | undefined;
};

/** The result of checking one run. */
export type RunCheck = {
  /** Number of acknowledged writes and deletions. */
  acknowledged: number;
  /** Number of successful reads. */
  reads: number;
  /** Number of writes and deletions of unknown outcome. */
  unknown: number;
  /** Acknowledged writes that are missing at the end, and overwritten ones that reappeared. */
  lost: readonly string[];
  /** The bad pattern in the history; undefined when there is none. */
  violation: Violation | undefined;
  sessionViolations: readonly GuaranteeViolation[];
  /** Differences between the final states, one sentence each. */
  differences: readonly string[];
  /** Writes that share a clock, one sentence per clock. */
  reusedClocks: readonly string[];
};

type Acknowledged = Operation & { vc: VectorClock };

/** Checks a run by the recorded history and the final states of the converged nodes, all with expanded clocks. */
export function checkRun(history: History, finalStates: readonly FinalState[]): RunCheck {
  const operations = history.sessions.flatMap((session) => session.operations);
  const writes = operations.filter(({ kind }) => kind !== 'read');
  const acknowledged = writes.filter(isAcknowledged);
  const verdict = checkHistory(history);
  return {
    acknowledged: acknowledged.length,
    reads: operations.length - writes.length,
    unknown: writes.length - acknowledged.length,
    lost: [...new Set(finalStates.flatMap((final) => findLost(acknowledged, writes, final)))],
    violation: verdict.consistent ? undefined : verdict,
    sessionViolations: checkSessionGuarantees(history),
    differences: findDifferences(finalStates),
    reusedClocks: findReusedClocks(acknowledged),
  };
}

function isAcknowledged(operation: Operation): operation is Acknowledged {
  return operation.kind !== 'read' && operation.status !== 'unknown' && operation.vc !== undefined;
}

/**
 * Finds acknowledged writes that a node has lost.
 *
 * The node's clock must cover every acknowledged write. For each key, the node must hold every newest write, or a
 * write of unknown outcome that overwrote it, and no overwritten one.
 */
function findLost(
  acknowledged: readonly Acknowledged[],
  writes: readonly Operation[],
  final: FinalState,
): string[] {
  const notCovered = acknowledged
    .filter(({ vc }) => !descends(final.clock, vc))
    .map((write) => `${describe(write)} is not covered by the clock of ${final.node}`);
  const byKey = groupBy(acknowledged, ({ key }) => key);
  const misplaced = [...byKey].flatMap(([key, ofKey]) => {
    const newest = newestOf(ofKey);
    const versions = final.versions.get(key) ?? [];
    // A deletion of unknown outcome may have removed the versions it overwrote, and its own tombstone.
    const maybeDeleted = writes.some(
      (write) => write.key === key && write.kind === 'delete' && !isAcknowledged(write),
    );
    const missing = newest
      .filter((write) => write.kind !== 'delete' && !maybeDeleted)
      .filter(({ vc }) => !versions.some((version) => descends(version.vc, vc)))
      .map((write) => `${describe(write)} is missing at ${final.node}`);
    const reappeared = versions
      .filter((version) => newest.some(({ vc }) => compare(version.vc, vc) === 'before'))
      .map(
        ({ value }) => `${key}=${JSON.stringify(value)} reappeared at ${final.node} after it was overwritten`,
      );
    return [...missing, ...reappeared];
  });
  return [...notCovered, ...misplaced];
}

/** The writes of one key that no other of them descends from. */
function newestOf(writes: readonly Acknowledged[]): Acknowledged[] {
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

/** Ignores tombstones: nodes drop them at different times. */
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
  const byClock = groupBy(acknowledged, ({ vc }) => JSON.stringify(Object.entries(vc).sort()));
  return [...byClock.values()]
    .filter((writes) => writes.length > 1)
    .map((writes) => `${writes.map(describe).join(' and ')} share one clock`);
}

function groupBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) {
    const group = groups.get(keyOf(item));
    if (group === undefined) groups.set(keyOf(item), [item]);
    else group.push(item);
  }
  return groups;
}

function describe({ kind, key, value }: Operation): string {
  return kind === 'delete' ? `the deletion ${value} of ${key}` : `${key}=${JSON.stringify(value)}`;
}
