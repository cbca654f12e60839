import { readFileSync } from 'node:fs';

/** Finds a file from a part that the program loads while it runs. */
export function readStyle(): string {
  return readFileSync(new URL('portable-program.css', import.meta.url), 'utf8');
}
