import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';

/** A grid that runs as processes on this machine. */
export type RunningGrid = {
  entry: LocalService;
  balancer: LocalService;
  substations: LocalService[];
  close: () => Promise<void>;
};

const folder = new URL('../../../smart-grid-load-balancer/', import.meta.url);

/** Starts a service of the grid from its entry file. */
export async function startGridService(
  service: 'charge_request_service' | 'load_balancer' | 'substation_service',
  environment: Record<string, string>,
): Promise<LocalService> {
  return startLocalService({
    name: service,
    entryFile: fileURLToPath(new URL(`${service}/main.ts`, folder)),
    port: await freePort(),
    environment: { NODE_ENV: 'production', LOG_LEVEL: 'warn', ...environment },
  });
}

/**
 * Starts three substations that are never full, a balancer, and an entry. It counts requests per client address as by
 * default, but at the largest limit: the one client of a measurement sends more than the default of 1,000 a second.
 *
 * @param environment for all services
 */
export async function startGrid(environment: Record<string, string> = {}): Promise<RunningGrid> {
  const substations = await Promise.all(
    [1, 2, 3].map((number) =>
      startGridService('substation_service', {
        SUBSTATION_ID: `substation_${number}`,
        MAX_CAPACITY: '1000000',
        CHARGE_PROCESSING_TIME: '1',
        ...environment,
      }),
    ),
  );
  const balancer = await startGridService('load_balancer', {
    SUBSTATIONS: substations.map(({ url }, index) => `substation_${index + 1}=${url}`).join(','),
    ...environment,
  });
  const entry = await startGridService('charge_request_service', {
    LOAD_BALANCER_URL: balancer.url,
    RATE_LIMIT_PER_S: '1000000',
    ...environment,
  });
  const services = [entry, balancer, ...substations];
  const close = async () => {
    await Promise.all(services.map((service) => service.stop()));
  };
  try {
    await Promise.all(services.map((service) => service.ready()));
  } catch (error) {
    await close();
    throw error;
  }
  return { entry, balancer, substations, close };
}

/** Lets several contenders use one grid, from the first that opens it to the last that closes it. */
export function sharedGrid(): () => Promise<RunningGrid> {
  let users = 0;
  let running: Promise<RunningGrid> | undefined;
  return async () => {
    users += 1;
    running ??= startGrid();
    const grid = await running;
    const close = async () => {
      users -= 1;
      if (users > 0) return;
      running = undefined;
      await grid.close();
    };
    return { ...grid, close };
  };
}
