// Runs before every main npm script, so that the first command in a fresh clone is enough. It is plain
// JavaScript because nothing that reads TypeScript is installed yet when it runs.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 20 || (major === 20 && minor < 19)) {
  console.error(`Gridclock needs Node.js 20.19 or later; this is ${process.version}.`);
  process.exit(1);
}

const root = new URL('../', import.meta.url);
const stamp = new URL('node_modules/.gridclock-installed', root);
const lock = createHash('sha256')
  .update(readFileSync(new URL('package-lock.json', root)))
  // Native packages are chosen by platform: a folder shared between two of them must be installed anew.
  .update(`${process.platform}-${process.arch}`)
  .digest('hex');

if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== lock) {
  console.log('Installing dependencies (only the first time, or when they change) ...');
  // npm is started through Node.js itself: on Windows `npm` is a batch file, which spawn does not run.
  const npm = process.env.npm_execpath;
  const done = npm
    ? spawnSync(process.execPath, [npm, 'ci', '--no-audit', '--no-fund', '--loglevel=error'], {
        cwd: root,
        stdio: 'inherit',
      })
    : spawnSync('npm', ['ci'], { cwd: root, stdio: 'inherit', shell: true });
  if (done.status !== 0) process.exit(done.status ?? 1);
  writeFileSync(stamp, lock);
}
