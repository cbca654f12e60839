import type * as kit from '@gridclock/judge-kit';
import type { Recording } from '../../space-time/recording.ts';
import type { Violation } from '../history/verdict.ts';

/** One experiment and what came of it. */
export type ProbeResult = kit.ProbeResult & {
  /** What happened, for a space-time diagram. */
  recording?: Recording;
  /** The pattern that the recorded history contains. */
  violation?: Violation;
};

/** The verdict on a program. */
export type Judgement = kit.Judgement<ProbeResult>;
