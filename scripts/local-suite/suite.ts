import { type LocalService, startLocalService } from '@gridclock/local-service';
import type { PlannedService } from './plan.ts';
import { takenPorts } from './taken-ports.ts';

/** What a person has to put right before the suite can run; the message says what. */
export class SuiteError extends Error {
  override readonly name = 'SuiteError';
}

/** Services that run; `stop` resolves once all have ended. */
export type Suite = {
  stop: () => Promise<void>;
};

/** Refuses to start where any of the ports is taken, and names all that are. */
export async function demandFreePorts(wanted: readonly { name: string; port: number }[]): Promise<void> {
  const taken = await takenPorts(wanted);
  if (taken.length === 0) return;
  const list = taken.map(({ name, port }) => `${port} (${name})`).join(', ');
  throw new SuiteError(
    `${taken.length === 1 ? 'Port' : 'Ports'} already in use: ${list}. Stop what listens there, or set PORT_OFFSET to shift every port.`,
  );
}

/**
 * Starts all services at once and waits until each is ready. Where one fails, the others are stopped.
 *
 * @param onLine gets every line a service writes, with the service's name
 * @param onEnded called when a service ends that was not asked to
 * @param interrupted once aborted, services end because the terminal's Ctrl-C reaches them as well
 */
export async function startSuite(
  planned: readonly PlannedService[],
  onLine: (service: string, line: string) => void,
  onEnded: (service: string, how: string) => void,
  interrupted: AbortSignal,
): Promise<Suite> {
  const running: LocalService[] = [];
  let stopping = false;
  const stop = async () => {
    stopping = true;
    await Promise.all(running.map((service) => service.stop()));
  };
  for (const { name, entry, port, environment } of planned) {
    const service = startLocalService({
      name,
      entry,
      port,
      environment,
      onLine: (line) => onLine(name, line),
    });
    running.push(service);
    void service.ended.then(({ exitCode, signal }) => {
      // Ctrl-C may reach a service that has only just begun, and end it, before it is heard here.
      const asked = stopping || interrupted.aborted || signal === 'SIGINT';
      if (!asked) onEnded(name, signal ?? `exit code ${exitCode}`);
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
