import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { expect, vi } from 'vitest';
import { planSuite } from '../../scripts/local-suite/plan.ts';
import { portsInUse } from '../../scripts/local-suite/ports-in-use.ts';

/** Returns a PORT_OFFSET at which every port of a suite is free. It is random, so that parallel runs differ. */
export async function freeOffset(): Promise<number> {
  for (;;) {
    const offset = 10_000 + Math.floor(Math.random() * 12_000);
    const wanted = [...planSuite(offset), { port: 9090 + offset }];
    if ((await portsInUse(wanted)).length === 0) return offset;
  }
}

/** A script that runs: its process, and what it has printed. `prints` waits until it has printed a text. */
export type RunningScript = ReturnType<typeof startScript>;

/** Runs a script as npm does, on shifted ports. `detached` gives it its own process group. */
export function startScript(name: string, offset: number, dataDir: string, { detached = false } = {}) {
  const entry = fileURLToPath(new URL(`../../scripts/${name}.ts`, import.meta.url));
  const running = execa(process.execPath, ['--import', import.meta.resolve('tsx'), entry], {
    cwd: fileURLToPath(new URL('../..', import.meta.url)),
    env: { PORT_OFFSET: String(offset), DATA_DIR: dataDir, NO_COLOR: '1' },
    reject: false,
    all: true,
    detached,
    timeout: 170_000,
    forceKillAfterDelay: 20_000,
  });
  let output = '';
  running.all.on('data', (chunk: Buffer) => {
    output += chunk.toString();
  });
  return {
    process: running,
    output: () => output,
    prints: (text: string) =>
      vi.waitFor(() => expect(output).toContain(text), { timeout: 90_000, interval: 20 }),
  };
}
