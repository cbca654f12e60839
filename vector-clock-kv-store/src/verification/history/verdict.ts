import type { Operation } from './history.ts';

/** The bad patterns whose absence defines causal convergence (CCv). */
export type BadPattern = 'ThinAirRead' | 'CyclicCO' | 'WriteCOInitRead' | 'WriteCORead' | 'CyclicCF';

/** An operation of a history, by its place and as text. */
export type OperationReference = {
  session: string;
  /** Its index in the session's list, from 0. */
  index: number;
  /** Such as `client-1[0] write x="a" at node1`. */
  text: string;
  operation: Operation;
};

/** Why one operation comes before another, in the words of the model. */
export type Relation = 'session order' | 'reads from' | 'causal order' | 'conflict order';

/** One arrow of a pattern: `from` comes before `to`. */
export type PatternArrow = {
  from: OperationReference;
  to: OperationReference;
  relation: Relation;
  /** The arrow that cannot be: the read of a value that was overwritten, or of a time before the write. */
  isContradiction?: true;
  /** Of a long chain that is one arrow here: how many steps it has. */
  steps?: number;
};

/** The history is causally convergent. */
type Consistent = { consistent: true; operations: number; sessions: number; keys: number };

/** The history contains a bad pattern. */
export type Violation = {
  consistent: false;
  pattern: BadPattern;
  /** The operations that form the pattern, in the order in which its definition names them. */
  operations: readonly OperationReference[];
  /** One sentence. */
  explanation: string;
  /** The causal steps from operation to operation, one line each. */
  evidence: readonly string[];
  /** The pattern as a graph, for a picture. Empty if one operation alone is the pattern. */
  arrows: readonly PatternArrow[];
};

/** The checker's result: the history is consistent, or contains a bad pattern. */
export type Verdict = Consistent | Violation;
