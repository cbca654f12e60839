import { z } from 'zod';
import { readEnvironment } from '../process/environment.ts';
import type { ReloadableFiles } from '../process/reloaded-files.ts';
import { isSecret } from '../process/secret-variable.ts';
import { Token } from './token.ts';

/**
 * Returns the secrets that were read from files, so that a token can be replaced without a restart.
 *
 * @param shape zod schemas by variable name
 * @param environment what the config was read from
 * @param config holds the tokens, which get the files' new content
 */
export function reloadableSecrets(
  shape: z.ZodRawShape,
  environment: Record<string, string | undefined>,
  config: Readonly<Record<string, unknown>>,
): ReloadableFiles[] {
  return Object.entries(shape).flatMap(([name, schema]) => {
    const token = config[name];
    const variable = `${name}_FILE`;
    const file = environment[variable]?.trim();
    if (!isSecret(schema) || !(token instanceof Token) || !file) return [];
    const read = () => readEnvironment(z.object({ [name]: schema }), { [variable]: file })[name];
    const load = () => {
      const next = read();
      return next instanceof Token && token.replaceBy(next);
    };
    return [{ name, paths: [file], load }];
  });
}
