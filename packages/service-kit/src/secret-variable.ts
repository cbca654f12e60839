import { z } from 'zod';

/** What marks a variable as secret: it may come from a file, and no message shows it. */
const secrets = z.registry<{ secret: true }>();

/**
 * An optional token, as the variable `NAME` itself or in the file that `NAME_FILE` names, which is where
 * Compose, Swarm and Kubernetes put secrets. It must be able to stand in an `Authorization` header.
 *
 * @param minLength in characters
 */
export const secretVariable = ({ minLength = 1 } = {}) =>
  z
    .string()
    .trim()
    .regex(/^[!-~]*$/, 'must consist of printable ASCII characters without spaces')
    .min(minLength, `must have at least ${minLength} characters`)
    .optional()
    .register(secrets, { secret: true });

/** Whether a variable was made by {@link secretVariable}. */
export function isSecret(variable: z.core.$ZodType | undefined): boolean {
  return variable !== undefined && secrets.has(variable);
}

/**
 * Puts the content of secret files where their variables would be.
 *
 * @param environment without empty values
 * @param readFile returns a file's text, or throws
 * @returns the environment so completed, and what is wrong with the files, one sentence each. A file that is
 *   empty or cannot be read is an error: going on without a token would open what it was meant to close
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
      problems.push(`${name} and ${variable} are both set; only one may be`);
      continue;
    }
    try {
      values[name] = readFile(file);
      if (values[name].trim() === '') problems.push(`${variable} names an empty file (${file})`);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : error;
      problems.push(`${variable} cannot be read (${file}: ${code})`);
    }
  }
  return { values, problems };
}
