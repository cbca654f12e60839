import { spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Marks a judged program and its children, whatever process group they choose. */
const MARK = 'GRIDCLOCK_JUDGED';

/**
 * Outlives the judge, also one that was killed: once its input has closed, it kills what has a mark of the judge $1, and
 * deletes the directory $2. Where there is no /proc, only the process groups of the programs are killed.
 */
const GUARD = `read -r _
for round in 1 2 3 4 5 6 7 8 9 10; do
  marked=$(grep -ls "${MARK}=$1:" /proc/[0-9]*/environ)
  [ -n "$marked" ] || break
  for file in $marked; do pid=\${file%/environ}; kill -KILL "\${pid#/proc/}"; done
  sleep 0.1
done
rm -rf "$2" || { sleep 1; rm -rf "$2"; }`;

/** In milliseconds; a killed process takes some to disappear. */
const ROUND_MS = 10;

/** 2 s: one that spawns others faster than they are killed is given up. */
const ROUNDS = 200;

type Guard = { judge: string; directory: string };

let guard: Guard | undefined;
let programs = 0;

/** Returns a directory for everything that the judge writes; nothing of it outlives the judge. */
export function temporaryRoot(): string {
  return startGuard().directory;
}

/** Returns variables that mark a program and its children, which no other program has. */
export function nextMark(): Record<string, string> {
  programs += 1;
  return { [MARK]: `${startGuard().judge}:${programs}` };
}

/** Kills what has a mark, again until nothing has; for children that left the process group of their program. */
export async function killMarked(mark: Record<string, string>): Promise<void> {
  for (let round = 0; round < ROUNDS && killMarkedOnce(mark) > 0; round++)
    await new Promise((resolve) => setTimeout(resolve, ROUND_MS));
}

/** Kills what has a mark. @returns how many processes had it */
export function killMarkedOnce(mark: Record<string, string>): number {
  const wanted = Object.entries(mark).map(([name, value]) => `${name}=${value}`);
  let killed = 0;
  for (const pid of processIds()) {
    const variables = environmentOf(pid);
    if (!wanted.every((variable) => variables.includes(variable))) continue;
    killed += 1;
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has just exited.
    }
  }
  return killed;
}

function startGuard(): Guard {
  if (guard !== undefined) return guard;
  guard = { judge: randomUUID(), directory: mkdtempSync(join(tmpdir(), 'gridclock-judge-')) };
  const { directory, judge } = guard;
  const child = spawn('/bin/sh', ['-c', GUARD, 'sh', judge, directory], {
    detached: true,
    stdio: ['pipe', 'ignore', 'ignore'],
  });
  // Without a guard, the judge still cleans up unless it is killed.
  child.on('error', () => {});
  child.unref();
  (child.stdin as Socket).unref();
  process.on('exit', () => rmSync(directory, { recursive: true, force: true }));
  return guard;
}

function processIds(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

/** Returns the variables of a process; none of one that has exited or belongs to somebody else. */
function environmentOf(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/environ`, 'latin1').split('\0');
  } catch {
    return [];
  }
}
