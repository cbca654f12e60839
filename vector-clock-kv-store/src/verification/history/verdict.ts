/** The bad patterns whose absence defines causal convergence (CCv). */
export type BadPattern = 'ThinAirRead' | 'CyclicCO' | 'WriteCOInitRead' | 'WriteCORead' | 'CyclicCF';

/** An operation of a history, by its place and as text. */
export type OperationReference = {
  session: string;
  /** Its index in the session's list, from 0. */
  index: number;
  /** Such as `client-1[0] write x="a" at node1`. */
  text: string;
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
};

/** The checker's result: the history is consistent, or contains a bad pattern. */
export type Verdict = Consistent | Violation;
