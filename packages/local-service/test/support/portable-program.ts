import { readFileSync } from 'node:fs';
import { open } from 'lmdb';
import { z } from 'zod';

/** Uses all that an image has beside a bundle: a style sheet, native code and, in its stack traces, sources; then loads a part of itself. */
const style = readFileSync(new URL('portable-program.css', import.meta.url), 'utf8');
const table = open({ path: process.argv[2] ?? '' });
await table.put('style', style);
console.log(`stored ${table.get('style')}`);
await table.close();
const { readStyle } = await import('./later-part.ts');
console.log(`loaded later: ${readStyle()}`);

const schema = z.string().transform((): string => {
  throw new Error('thrown below a package');
});
schema.parse('text');
