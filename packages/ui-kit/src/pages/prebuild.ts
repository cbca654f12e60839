// Builds the bundle of one page for an image: node prebuild.ts NAME ENTRY_FILE
import { mkdir, writeFile } from 'node:fs/promises';
import { pathToFileURL } from 'node:url';
import { buildBundle } from './build-bundle.ts';
import { prebuiltFile } from './load-bundle.ts';

const [name, entryFile] = process.argv.slice(2);
if (name === undefined || entryFile === undefined)
  throw new Error('give the name and the entry file of a page');
const file = prebuiltFile(name);
await mkdir(new URL('.', file), { recursive: true });
await writeFile(file, JSON.stringify(await buildBundle(pathToFileURL(entryFile))));
