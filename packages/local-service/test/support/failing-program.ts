import { readFileSync } from 'node:fs';

/** An error whose name a minifier would change. */
class LocatedError extends Error {}

/** Throws where a stack trace can be compared with this file. */
function fail(own: string): never {
  throw new LocatedError(own.includes('failing') ? 'found its own source' : 'found another file');
}

fail(readFileSync(new URL('failing-program.ts', import.meta.url), 'utf8'));
