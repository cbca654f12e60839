import { execa } from 'execa';

/** 20 s: three processes that start at once on two cores take a few seconds. */
const READY_TIMEOUT_MS = 20_000;

/** 100 ms between attempts to reach a server that starts. */
const RETRY_MS = 100;

/** Starts a program of another project and returns how to stop it. Its output is dropped. */
export function startProgram(file: string, args: readonly string[], env: Record<string, string> = {}) {
  const child = execa(file, args, {
    stdio: 'ignore',
    reject: false,
    env,
    forceKillAfterDelay: 5_000,
  });
  return {
    pid: child.pid ?? 0,
    async stop(): Promise<void> {
      child.kill('SIGTERM');
      await child;
    },
  };
}

/** Waits until a request succeeds, and returns what it returned. */
export async function untilReady<Result>(
  what: string,
  request: () => Promise<Result | undefined>,
): Promise<Result> {
  const deadline = performance.now() + READY_TIMEOUT_MS;
  while (performance.now() < deadline) {
    const result = await request().catch(() => undefined);
    if (result !== undefined) return result;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  throw new Error(`${what} was not ready within ${READY_TIMEOUT_MS} ms`);
}
