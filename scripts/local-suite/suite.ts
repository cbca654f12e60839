import { HttpError } from '@gridclock/service-kit';
import type { ControlAction, ControlledService } from '@gridclock/ui-kit/live/states';
import type { PlannedService } from './plan.ts';
import { SuiteService } from './suite-service.ts';

/** A reason why the suite cannot run, such as a port in use; the message says how to fix it. */
export class SuiteError extends Error {
  override readonly name = 'SuiteError';
}

/** A set of running services. */
export type Suite = {
  /** How each service's process is. */
  list: () => ControlledService[];
  /** Kills, pauses or restarts a service's process. @throws HttpError 404 or 409 if that is not possible */
  act: (name: string, action: ControlAction) => void;
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
  const services = planned.map(
    (service) =>
      new SuiteService(service, {
        onLine: (line) => onLine(service.name, line),
        onUnexpectedExit(reason) {
          // A service that is still starting can exit on Ctrl-C before this process handles the signal.
          if (!interrupted.aborted && reason !== 'SIGINT') onUnexpectedExit(service.name, reason);
        },
      }),
  );
  const stop = async () => void (await Promise.all(services.map((service) => service.stop())));
  try {
    await Promise.all(services.map((service) => service.start()));
  } catch (error) {
    await stop();
    if (interrupted.aborted) throw new SuiteError('Interrupted while starting.');
    throw new SuiteError(error instanceof Error ? error.message : String(error));
  }
  return {
    list: () => services.map(({ name, state }) => ({ name, state })),
    act(name, action) {
      const service = services.find((candidate) => candidate.name === name);
      if (service === undefined) throw new HttpError(404, 'Not found', { service: name });
      service.act(action);
      onLine(name, `${action} from a live page`);
    },
    stop,
  };
}
