/**
 * The package's subpath `/checker`: judges recorded histories of any store by causal convergence and by the session
 * guarantees.
 *
 * @module
 */
export { checkHistory } from './check-history.ts';
export { checkRun, type FinalState, type RunCheck } from './check-run.ts';
export { findingsOf } from './findings.ts';
export { type History, type Operation, parseHistory, type RecordedValue } from './history.ts';
export { HistoryError } from './history-error.ts';
export {
  HistoryRecorder,
  type RecordableClient,
  type RecordedSession,
  type RecorderOptions,
  type RemovingClient,
} from './recorder.ts';
export { checkSessionGuarantees, type GuaranteeViolation } from './session-guarantees.ts';
export type {
  BadPattern,
  OperationReference,
  PatternArrow,
  Relation,
  Verdict,
  Violation,
} from './verdict.ts';
