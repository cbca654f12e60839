import type { Dialect } from '../dialect/dialect.ts';
import type { Property } from '../properties.ts';
import type { Bench } from '../system/bench.ts';

/** The node did something that the contract forbids; the message says what. */
export class ProbeFailure extends Error {
  override readonly name = 'ProbeFailure';
  /** Whether the node has not done in time what it must. With more time, it may. */
  readonly isLate: boolean;

  constructor(message: string, isLate = false) {
    super(message);
    this.isLate = isLate;
  }
}

/** The property cannot be judged; the message says why. */
export class NotJudged extends Error {
  override readonly name = 'NotJudged';
}

/** What a probe needs. */
export type ProbeRun = {
  dialect: Dialect;
  /** Starts a node among peers that the judge plays. It is stopped when the probe ends. */
  bench: (options?: { index?: number; hasDisk?: boolean }) => Promise<Bench>;
  /** Reports an action. */
  step: (text: string, result?: unknown) => void;
  /** Reports an expectation that holds. @throws ProbeFailure if it does not */
  check: (condition: boolean, expectation: string, actual?: unknown) => void;
  /**
   * Waits until a condition holds, and reports that it does.
   *
   * @param actual what there is instead
   * @throws ProbeFailure if it does not hold in time
   */
  soon: (condition: () => Promise<boolean>, expectation: string, actual?: () => unknown) => Promise<void>;
  /** Waits for something that is no fault if it does not come. */
  waitFor: (condition: () => Promise<boolean>) => Promise<void>;
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
