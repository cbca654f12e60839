import { transportFailure } from '@gridclock/service-kit';
import { z } from 'zod';
import { InvalidResponseError, StoreError, UnreachableError } from '../causal-client.ts';
import { ScenarioFailure } from '../verification/scenarios/scenario-failure.ts';
import { NodeResponseError } from '../verification/workload/node-api.ts';

/** The exit codes of the commands for keys and faults. */
export const exitCodes = { done: 0, noValue: 1, failed: 2 } as const;

/** Appended to the help of each command. */
export const EXIT_CODES_HELP =
  '\nExit codes: 0 done, 2 not done (no such node, no response, or refused), 130 interrupted.';

/** A command could not do what it was asked for; the message says why. */
export class CommandError extends Error {
  override readonly name = 'CommandError';
}

/** Describes why a request of a command failed. Errors that no request causes are thrown again. */
export function asCommandError(error: unknown): CommandError {
  if (error instanceof CommandError) return error;
  if (error instanceof StoreError)
    return new CommandError(`${error.call}: ${describeBody(error.status, error.body)}`);
  if (error instanceof NodeResponseError) return new CommandError(describeBody(error.status, error.body));
  if (error instanceof UnreachableError || error instanceof ScenarioFailure)
    return new CommandError(error.message);
  if (error instanceof z.ZodError || error instanceof InvalidResponseError)
    return new CommandError('the response is not that of a node of this store; check --nodes');
  return new CommandError(`no response (${transportFailure(error).reason})`);
}

const bodySchema = z.object({
  error: z.string(),
  field: z.string().optional(),
  missing: z.record(z.string(), z.number()).optional(),
});

function describeBody(status: number, body: unknown): string {
  const parsed = bodySchema.safeParse(body);
  if (!parsed.success) return `the node responded ${status}: ${JSON.stringify(body)}`;
  const { error, missing } = parsed.data;
  const lacks = missing === undefined ? '' : `; it lacks ${JSON.stringify(missing)}`;
  return `the node responded ${status}: ${error}${lacks}`;
}
