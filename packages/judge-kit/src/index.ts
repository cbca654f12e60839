export { createDataDirectory, hasData, removeDataDirectory } from './data-directory.ts';
export { eventually } from './eventually.ts';
export { type Exchange, type ExchangeOptions, exchange } from './exchange.ts';
export { JudgedProcess, type JudgedProcessOptions } from './judged-process.ts';
export { morePatience, patienceAfter } from './patience.ts';
export { ProgramStartError } from './start-error.ts';
