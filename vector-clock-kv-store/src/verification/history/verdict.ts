/** The bad patterns whose absence is causal convergence (CCv). */
export type BadPattern = 'ThinAirRead' | 'CyclicCO' | 'WriteCOInitRead' | 'WriteCORead' | 'CyclicCF';

/** An operation of a history: where it stands there, and what it was. */
export type OperationReference = {
  session: string;
  /** Its number in the session's list, from 0. */
  index: number;
  /** Such as `client-1[0] write x="a" at node1`. */
  text: string;
};

/** The history is causally convergent. */
type Acquittal = { consistent: true; operations: number; sessions: number; keys: number };

/** The history is not. */
export type Conviction = {
  consistent: false;
  pattern: BadPattern;
  /** Those that the pattern is about, in the order in which its definition names them. */
  operations: readonly OperationReference[];
  /** What is wrong, in a sentence. */
  explanation: string;
  /** The steps that lead from operation to operation, one line each. */
  evidence: readonly string[];
};

/** Either is all right, or one pattern was found. */
export type Verdict = Acquittal | Conviction;
