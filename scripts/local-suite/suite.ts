import { type LocalService, startLocalService } from '@gridclock/local-service';
import type { PlannedService } from './plan.ts';

/** A reason why the suite cannot run, such as a port in use; the message says how to fix it. */
export class SuiteError extends Error {
  override readonly name = 'SuiteError';
}

/** A set of running services. */
export type Suite = {
  /** Stops every service; resolves once all processes have exited. */
  stop: () => Promise<void>;
};

/**
 * Starts all services at once and waits until each is ready. If one fails, stops the others.
 *
 * @param onLine called with each line that a service writes
 * @param onUnexpectedExit called when a service exits that nobody stopped; `reason` is its signal or exit code
 * @param interrupted once aborted, exits are expected: the terminal sends Ctrl-C to the services as well
 */
export async function startSuite(
  planned: readonly PlannedService[],
  onLine: (service: string, line: string) => void,
  onUnexpectedExit: (service: string, reason: string) => void,
  interrupted: AbortSignal,
): Promise<Suite> {
  const running: LocalService[] = [];
  let stopping = false;
  const stop = async () => {
    stopping = true;
    await Promise.all(running.map((service) => service.stop()));
  };
  for (const { name, entryFile, port, environment } of planned) {
    const service = startLocalService({
      name,
      entryFile,
      port,
      environment,
      onLine: (line) => onLine(name, line),
    });
    running.push(service);
    void service.exited.then(({ exitCode, signal }) => {
      // A service that is still starting can exit on Ctrl-C before this process handles the signal.
      const expected = stopping || interrupted.aborted || signal === 'SIGINT';
      if (!expected) onUnexpectedExit(name, signal ?? `exit code ${exitCode}`);
    });
  }
  try {
    await Promise.all(running.map((service) => service.ready()));
  } catch (error) {
    await stop();
    if (interrupted.aborted) throw new SuiteError('Interrupted while starting.');
    throw new SuiteError(error instanceof Error ? error.message : String(error));
  }
  return { stop };
}
