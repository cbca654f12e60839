import type { History, Operation } from '../../../src/verification/history/history.ts';
import type { BadPattern } from '../../../src/verification/history/verdict.ts';

type Placed = { session: number; index: number; operation: Operation };

/** A relation between operations: `has[a][b]`. */
type Relation = boolean[][];

/** In the order in which the checker looks for them. */
const patterns: BadPattern[] = ['ThinAirRead', 'CyclicCO', 'WriteCOInitRead', 'WriteCORead', 'CyclicCF'];

/**
 * Judges a small history by the definitions alone, as they stand in the paper: relations as matrices, closed
 * by Warshall's algorithm. A write of unknown outcome has nothing after it in program order.
 *
 * @returns the first pattern in the checker's order; undefined when none occurs. One verdict for each way in
 *   which the reads that found nothing can be told to have seen the key unwritten or one of its deletions
 */
export function bruteForce(history: History): (BadPattern | undefined)[] {
  const all = history.sessions.flatMap(({ operations }, session) =>
    operations.map((operation, index): Placed => ({ session, index, operation })),
  );
  return readings(all).map((sources) => {
    const found = patternsOf(all, sources);
    return patterns.find((pattern) => found.has(pattern));
  });
}

/** By operation: the write that a read returned, or why there is none. */
type Sources = (number | 'initial' | 'nowhere' | 'not a read')[];

function readings(all: readonly Placed[]): Sources[] {
  let ways: Sources[] = [[]];
  for (const { operation } of all) {
    const choices = sourcesOf(operation, all);
    ways = ways.flatMap((way) => choices.map((choice) => [...way, choice]));
  }
  return ways;
}

function sourcesOf(read: Operation, all: readonly Placed[]): Sources {
  if (read.kind !== 'read') return ['not a read'];
  const writes = [...all.entries()].filter(([, { operation }]) => isWriteOf(operation, read.key));
  if (read.value === null) {
    const deletions = writes.filter(([, { operation }]) => operation.kind === 'delete');
    return ['initial', ...deletions.map(([id]) => id)];
  }
  const source = writes.find(([, { operation }]) => operation.value === read.value);
  return [source?.[0] ?? 'nowhere'];
}

function patternsOf(all: readonly Placed[], sources: Sources): Set<BadPattern> {
  const ids = [...all.keys()];
  const write = (id: number, key: string | undefined) =>
    all[id] !== undefined && key !== undefined && isWriteOf(all[id].operation, key);
  const relation = (holds: (a: number, b: number) => boolean): Relation =>
    ids.map((a) => ids.map((b) => holds(a, b)));
  const po = (a: number, b: number) => {
    const [first, second] = [all[a], all[b]];
    if (first === undefined || second === undefined || first.session !== second.session) return false;
    const answered = first.operation.kind === 'read' || first.operation.status !== 'unknown';
    return answered && first.index < second.index;
  };
  const wr = (a: number, b: number) => sources[b] === a;
  const co = closure(relation((a, b) => po(a, b) || wr(a, b)));
  const key = (id: number) => all[id]?.operation.key;
  const cf = relation(
    (w1, w2) =>
      w1 !== w2 &&
      write(w1, key(w2)) &&
      write(w2, key(w2)) &&
      ids.some((r) => co[w1]?.[r] === true && wr(w2, r)),
  );
  const cfOrCo = closure(relation((a, b) => cf[a]?.[b] === true || co[a]?.[b] === true));

  const found = new Set<BadPattern>();
  for (const r of ids) {
    if (sources[r] === 'nowhere') found.add('ThinAirRead');
    if (co[r]?.[r]) found.add('CyclicCO');
    if (cfOrCo[r]?.[r]) found.add('CyclicCF');
    for (const w of ids.filter((id) => write(id, key(r)))) {
      if (sources[r] === 'initial' && co[w]?.[r]) found.add('WriteCOInitRead');
      if (ids.some((w1) => w1 !== w && wr(w1, r) && co[w1]?.[w] && co[w]?.[r])) found.add('WriteCORead');
    }
  }
  return found;
}

function closure(relation: Relation): Relation {
  const closed = relation.map((row) => [...row]);
  for (const k of closed.keys())
    for (const row of closed) if (row[k]) for (const j of row.keys()) row[j] ||= closed[k]?.[j] ?? false;
  return closed;
}

function isWriteOf(operation: Operation, key: string): boolean {
  return operation.kind !== 'read' && operation.key === key;
}
