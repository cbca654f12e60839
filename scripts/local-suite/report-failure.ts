import { EnvironmentError } from '@gridclock/service-kit';
import { SuiteError } from './suite.ts';

/** Says on one line what a person can put right; anything else is a fault of ours and keeps its trace. */
export function reportFailure(error: unknown): void {
  if (!(error instanceof SuiteError) && !(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
