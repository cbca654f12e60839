import type { Observer } from '@gridclock/judge-kit';
import type { Dialect } from '../dialect/dialect.ts';
import type { Property } from '../properties.ts';
import type { Bench } from '../system/bench.ts';

/** What a probe needs. */
export type ProbeRun = Pick<Observer, 'step' | 'begin' | 'check' | 'soon' | 'waitFor' | 'note'> & {
  dialect: Dialect;
  /** Whether the node was late in a first run. */
  isRepeated: boolean;
  /** Starts a node among peers that the judge plays. It is stopped when the probe ends. */
  bench: (options?: { index?: number; hasDisk?: boolean }) => Promise<Bench>;
};

/** One experiment about one property. */
export type Probe = {
  property: Property;
  /** What it does, in one sentence. */
  summary: string;
  run: (run: ProbeRun) => Promise<void>;
};
