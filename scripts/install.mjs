// Installs dependencies before every main npm script, so that one command is enough in a fresh clone. Plain
// JavaScript, because tsx may not be installed yet.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(
    `Gridclock needs Node.js 20.19 or later, but this is ${process.version}. Install a newer version.`,
  );
  process.exit(1);
}

const root = new URL('../', import.meta.url);
const stamp = new URL('node_modules/.gridclock-installed', root);
const digest = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', root)))
  // Native packages depend on the platform: a folder shared between two platforms must be reinstalled.
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== digest) {
  console.log('Installing dependencies (only the first time, or when they change) ...');
  // No package may run code at installation: all native ones have prebuilt binaries.
  // Runs npm with Node.js: on Windows `npm` is a batch file, which spawn cannot run.
  const npm = process.env.npm_execpath;
  const result = npm
    ? spawnSync(
        process.execPath,
        [npm, 'ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
        {
          cwd: root,
          stdio: 'inherit',
        },
      )
    : spawnSync('npm', ['ci', '--ignore-scripts'], { cwd: root, stdio: 'inherit', shell: true });
  if (result.status !== 0) process.exit(result.status ?? 1);
  writeFileSync(stamp, digest);
}
