import type * as kit from '@gridclock/judge-kit';

/** One experiment and what came of it. */
export type ProbeResult = kit.ProbeResult & {
  /** Why a failure is one, in plain sentences. */
  why?: string;
};

/** The verdict on a grid. */
export type Judgement = kit.Judgement<ProbeResult>;
