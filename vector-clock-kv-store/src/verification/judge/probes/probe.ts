import type { Dialect } from '../dialect/dialect.ts';
import type { Property } from '../properties.ts';
import type { Bench } from '../system/bench.ts';

/** The node did something that the contract forbids; the message says what. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
}

/** The property cannot be judged; the message says why. */
export class NotJudged extends Error {
  override readonly name = 'NotJudged';
}

/** What a probe needs. */
export type ProbeRun = {
  dialect: Dialect;
  /** How long the node has for what it must do, in milliseconds. */
  patienceMs: number;
  /** Starts a node among peers that the judge plays. It is stopped when the probe ends. */
  bench: (options?: { index?: number; hasDisk?: boolean }) => Promise<Bench>;
  /** Reports an action. */
  step: (text: string, result?: unknown) => void;
  /** Reports an expectation that holds. @throws ProbeFailure if it does not */
  check: (condition: boolean, expectation: string, actual?: unknown) => void;
  /** Reports something worth knowing that is no fault. */
  note: (text: string) => void;
};

/** One experiment about one property. */
export type Probe = {
  property: Property;
  /** What it does, in one sentence. */
  summary: string;
  run: (run: ProbeRun) => Promise<void>;
};
