import { z } from 'zod';
import { MAX_TOKENS, Token } from '../credentials/token.ts';

/** The secret variables: each may come from a file, and no message shows its value. */
const secrets = z.registry<{ secret: true }>();

/**
 * An optional token, read from the variable `NAME` or from the file that `NAME_FILE` names: Compose, Swarm and
 * Kubernetes mount secrets as files. Its characters are valid in an `Authorization` header. While it is replaced, there
 * are two, one a line; see {@link Token}.
 *
 * @param minLength in characters
 */
export const secretVariable = ({ minLength = 1 } = {}) =>
  z
    .string()
    .transform((text) => text.split(/\r?\n/).map((line) => line.trim()))
    .transform((lines) => lines.filter((line) => line !== ''))
    .refine((values) => values.length <= MAX_TOKENS, `must have at most ${MAX_TOKENS} lines, one token each`)
    .refine(
      (values) => values.every((value) => /^[!-~]*$/.test(value)),
      'must consist of printable ASCII characters without spaces',
    )
    .refine(
      (values) => values.length > 0 && values.every((value) => value.length >= minLength),
      `must have at least ${minLength} characters`,
    )
    .transform((values) => new Token(values))
    .optional()
    .register(secrets, { secret: true });

/** Whether {@link secretVariable} created the schema. */
export function isSecret(variable: z.core.$ZodType | undefined): boolean {
  return variable !== undefined && secrets.has(variable);
}

/**
 * Reads the secrets that are given as files.
 *
 * @param environment without empty values
 * @param readFile returns a file's text, or throws
 * @returns the environment with the secrets, and one sentence per problem. An empty or unreadable file is a
 *   problem: a service without its token would be open to everyone
 */
export function withSecretFiles(
  shape: z.ZodRawShape,
  environment: Record<string, string | undefined>,
  readFile: (file: string) => string,
): { values: Record<string, string | undefined>; problems: string[] } {
  const values = { ...environment };
  const problems: string[] = [];
  for (const name of Object.keys(shape).filter((name) => isSecret(shape[name]))) {
    const variable = `${name}_FILE`;
    const file = environment[variable]?.trim();
    if (file === undefined) continue;
    if (environment[name] !== undefined) {
      problems.push(`${name} and ${variable} are both set; unset one of them`);
      continue;
    }
    try {
      values[name] = readFile(file);
      if (values[name].trim() === '')
        problems.push(`${variable} is an empty file (${file}); write the secret into it`);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : error;
      problems.push(`${variable} cannot be read (${file}: ${code})`);
    }
  }
  return { values, problems };
}
