import { execFile } from 'node:child_process';
import { cp, readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { root } from './bundle-entries.ts';

/** What Node.js does not run: sources of native code, types, documents. */
const notRun = /\.(c|cc|cpp|h|gyp|gypi|ts|cts|mts|map|md)$/;

/** Prints the shared libraries of a process that has loaded the packages given as arguments. */
const LIST_LIBRARIES = `
await Promise.all(process.argv.slice(1).map((name) => import(name)));
console.log(JSON.stringify(process.report.getReport().sharedObjects));
process.exit();`;

/**
 * Copies packages with native code, and the packages that they need, to the `node_modules` of a folder. Of the native
 * code, it keeps what this version of Node.js loads on this machine: a package has it for many.
 */
export async function copyNativePackages(names: readonly string[], folder: string): Promise<void> {
  if (names.length === 0) return;
  const needed = new Set<string>();
  for (const name of names) await addWithDependencies(name, needed);
  const target = join(folder, 'node_modules');
  for (const name of needed)
    await cp(join(root, 'node_modules', name), join(target, name), {
      recursive: true,
      filter: (file) => !notRun.test(file),
    });
  const command = ['--input-type=module', '--eval', LIST_LIBRARIES, ...names];
  const { stdout } = await promisify(execFile)(process.execPath, command, { cwd: folder });
  const loaded = new Set<unknown>(JSON.parse(stdout));
  for (const file of await readdir(target, { recursive: true }))
    if (/\.(node|bare)$/.test(file) && !loaded.has(join(target, file))) await rm(join(target, file));
}

type Manifest = { dependencies?: Record<string, string>; optionalDependencies?: Record<string, string> };

/** Adds a package of this clone and all that it depends on; optional ones of other systems are not installed. */
async function addWithDependencies(name: string, needed: Set<string>): Promise<void> {
  if (needed.has(name)) return;
  const text = await readFile(join(root, 'node_modules', name, 'package.json'), 'utf8').catch(
    () => undefined,
  );
  if (text === undefined) return;
  needed.add(name);
  const manifest: Manifest = JSON.parse(text);
  for (const dependency of Object.keys({ ...manifest.dependencies, ...manifest.optionalDependencies }))
    await addWithDependencies(dependency, needed);
}
