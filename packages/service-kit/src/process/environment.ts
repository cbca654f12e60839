import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { doorVariables } from '../door/door-variables.ts';
import { describeInvalid } from '../input/invalid-value.ts';
import { isSecret, withSecretFiles } from './secret-variable.ts';

/** An invalid or missing environment variable. The message is one line and names the variable. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

/**
 * Parses and validates the environment.
 *
 * @param schema a zod object with one key per variable; see the builders below
 * @param environment usually `process.env`. An empty value counts as unset, because Compose passes `${NAME:-}`
 *   as an empty string. A secret `NAME` may also be read from the file that `NAME_FILE` names
 * @throws EnvironmentError naming every invalid variable on one line, but no value of a secret
 */
export function readEnvironment<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Record<string, string | undefined>,
): z.output<Schema> {
  const nonEmpty = Object.fromEntries(
    Object.entries(environment).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const { values, problems } = withSecretFiles(schema.shape, nonEmpty, (file) => readFileSync(file, 'utf8'));
  if (problems.length > 0) throw new EnvironmentError(problems.join('; '));
  const result = schema.safeParse(values, { error: describeInvalid });
  if (result.success) return result.data;
  throw new EnvironmentError(
    result.error.issues.map((issue) => describeIssue(issue, schema.shape, values)).join('; '),
  );
}

function describeIssue(
  { path, message }: z.core.$ZodIssue,
  shape: z.ZodRawShape,
  values: Record<string, string | undefined>,
): string {
  const name = path.join('.');
  if (name === '') return message;
  const value = values[name];
  if (value === undefined) return `${name} is required`;
  return isSecret(shape[name]) ? `${name} ${message}` : `${name} ${message} (it is "${value}")`;
}

const decimal = /^[+-]?(\d+\.?\d*|\.\d+)$/;

/** A decimal number with inclusive bounds. Rejects hexadecimal, `1e3` and `Infinity`. */
export const numberVariable = ({ min = -Number.MAX_VALUE, max = Number.MAX_VALUE } = {}) =>
  z
    .string()
    .trim()
    .regex(decimal, 'must be a number')
    .transform(Number)
    .refine((value) => value >= min, `must be at least ${min}`)
    .refine((value) => value <= max, `must be at most ${max}`);

/** A whole number with inclusive bounds. */
export const integerVariable = (bounds: { min?: number; max?: number } = {}) =>
  numberVariable(bounds).refine(Number.isSafeInteger, 'must be a whole number');

/** A TCP port; 0 picks a free port. */
export const portVariable = () => integerVariable({ min: 0, max: 65_535 });

/** The absolute http(s) URL of a service, to which paths are appended, without a trailing slash. */
export const httpUrlVariable = () =>
  z
    .string()
    .trim()
    .refine(
      (value) => /^https?:\/\/[^\s/]/.test(value) && URL.canParse(value),
      'must be an http:// or https:// URL',
    )
    .refine(
      (value) => !/[?#]/.test(value) && !/^https?:\/\/[^/]*@/.test(value),
      'must have no query, fragment, user name or password',
    )
    .transform((value) => value.replace(/\/+$/, ''));

/** `1`, `true`, `yes` or `on`; `0`, `false`, `no` or `off`. */
export const booleanVariable = () =>
  z
    .string()
    .trim()
    .toLowerCase()
    .regex(/^(1|true|yes|on|0|false|no|off)$/, 'must be 1 or 0')
    .transform((value) => ['1', 'true', 'yes', 'on'].includes(value));

/** The variables of every service. */
export const commonVariables = {
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  LOG_FORMAT: z.enum(['json', 'pretty']).default('json'),
  HOST: z.string().trim().optional(),
  /** The commit that an image was built from. */
  REVISION: z.string().trim().max(64).default('unknown'),
  ...doorVariables,
};
