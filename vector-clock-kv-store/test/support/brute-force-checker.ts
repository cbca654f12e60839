import type { History, Operation } from '../../src/verification/history/history.ts';
import type { BadPattern } from '../../src/verification/history/verdict.ts';

type PlacedOperation = { session: number; index: number; operation: Operation };

/** A relation between operations by index: a relates to b when `relation[a][b]`. */
type Relation = boolean[][];

/** In the order of the checker. */
const patterns: BadPattern[] = ['ThinAirRead', 'CyclicCO', 'WriteCOInitRead', 'WriteCORead', 'CyclicCF'];

/**
 * Checks a small history by the paper's definitions: relations as matrices, closed by Warshall's algorithm.
 * A write of unknown outcome has no successor in program order.
 *
 * @returns the first pattern in the checker's order, or undefined, for each interpretation of the history. An
 *   interpretation says for every read that found nothing whether the key was unwritten or which deletion it saw
 */
export function checkByDefinition(history: History): (BadPattern | undefined)[] {
  const all = history.sessions.flatMap(({ operations }, session) =>
    operations.map((operation, index): PlacedOperation => ({ session, index, operation })),
  );
  return interpretations(all).map((sources) => {
    const found = patternsOf(all, sources);
    return patterns.find((pattern) => found.has(pattern));
  });
}

/** For each operation: the index of the write that it read, or why there is none. */
type Sources = (number | 'initial' | 'nowhere' | 'not a read')[];

function interpretations(all: readonly PlacedOperation[]): Sources[] {
  let partial: Sources[] = [[]];
  for (const { operation } of all) {
    const choices = sourcesOf(operation, all);
    partial = partial.flatMap((sources) => choices.map((choice) => [...sources, choice]));
  }
  return partial;
}

function sourcesOf(read: Operation, all: readonly PlacedOperation[]): Sources {
  if (read.kind !== 'read') return ['not a read'];
  const writes = [...all.entries()].filter(([, { operation }]) => isWriteOf(operation, read.key));
  if (read.value === null) {
    const deletions = writes.filter(([, { operation }]) => operation.kind === 'delete');
    return ['initial', ...deletions.map(([id]) => id)];
  }
  const source = writes.find(([, { operation }]) => operation.value === read.value);
  return [source?.[0] ?? 'nowhere'];
}

function patternsOf(all: readonly PlacedOperation[], sources: Sources): Set<BadPattern> {
  const ids = [...all.keys()];
  const writes = (id: number, key: string | undefined) =>
    all[id] !== undefined && key !== undefined && isWriteOf(all[id].operation, key);
  const relation = (holds: (a: number, b: number) => boolean): Relation =>
    ids.map((a) => ids.map((b) => holds(a, b)));
  const po = (a: number, b: number) => {
    const [first, second] = [all[a], all[b]];
    if (first === undefined || second === undefined || first.session !== second.session) return false;
    const acknowledged = first.operation.kind === 'read' || first.operation.status !== 'unknown';
    return acknowledged && first.index < second.index;
  };
  const wr = (a: number, b: number) => sources[b] === a;
  const co = closure(relation((a, b) => po(a, b) || wr(a, b)));
  const key = (id: number) => all[id]?.operation.key;
  const cf = relation(
    (w1, w2) =>
      w1 !== w2 &&
      writes(w1, key(w2)) &&
      writes(w2, key(w2)) &&
      ids.some((r) => co[w1]?.[r] === true && wr(w2, r)),
  );
  const cfOrCo = closure(relation((a, b) => cf[a]?.[b] === true || co[a]?.[b] === true));

  const found = new Set<BadPattern>();
  for (const r of ids) {
    if (sources[r] === 'nowhere') found.add('ThinAirRead');
    if (co[r]?.[r]) found.add('CyclicCO');
    if (cfOrCo[r]?.[r]) found.add('CyclicCF');
    for (const w of ids.filter((id) => writes(id, key(r)))) {
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
