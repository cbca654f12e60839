export { exitWhenOutputCloses } from './closed-output.ts';
export { exitAfterOutput, InterruptedError, listenForInterruption, unlessAborted } from './interruption.ts';
export { wholeNumber } from './whole-number.ts';
