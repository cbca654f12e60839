export { createDataDirectory, hasData, removeDataDirectory } from './data-directory.ts';
export { eventually } from './eventually.ts';
export { type Exchange, type ExchangeOptions, exchange } from './exchange.ts';
export { JudgedProcess, type JudgedProcessOptions } from './judged-process.ts';
export { NotJudged, type Observation, type Observer, observe } from './observe.ts';
export { morePatience, patienceAfter } from './patience.ts';
export { readBody } from './read-body.ts';
export { toJson } from './report/format-json.ts';
export { formatJunit, formatJunitError } from './report/format-junit.ts';
export { formatJudgement } from './report/format-text.ts';
export { ProgramStartError } from './start-error.ts';
export {
  describeScope,
  failedProperties,
  type Judgement,
  type ProbeResult,
  type PropertyVerdict,
  type Step,
  sumUp,
} from './verdict.ts';
