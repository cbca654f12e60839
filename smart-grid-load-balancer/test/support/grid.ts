import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';

type ServiceFolder = 'substation_service' | 'load_balancer' | 'charge_request_service';

/** In kW, as in the Compose file. */
const capacities = { substation_1: 80, substation_2: 120, substation_3: 100 } as const;

export type SubstationName = keyof typeof capacities;

/** For substations whose sessions must not end during a test: an hour each. */
export const endlessSessions = { CHARGE_PROCESSING_TIME: '3600' };

/** Short, so that tests wait little; a busy machine still polls in time. */
const POLL_INTERVAL_MS = 250;

/** Starts a service as a process, on a free port unless one is given. */
export async function startService(
  folder: ServiceFolder,
  name: string,
  environment: Record<string, string>,
  port?: number,
  onLine: (line: string) => void = () => {},
): Promise<LocalService> {
  return startLocalService({
    name,
    entryFile: fileURLToPath(new URL(`../../${folder}/main.ts`, import.meta.url)),
    port: port ?? (await freePort()),
    environment: { LOG_LEVEL: 'warn', ...environment },
    onLine,
  });
}

/** Starts one of the Compose file's three substations. */
export function startSubstation(
  name: SubstationName,
  environment: Record<string, string> = {},
  port?: number,
): Promise<LocalService> {
  const defaults = {
    SUBSTATION_ID: name,
    MAX_CAPACITY: String(capacities[name]),
    CHARGE_PROCESSING_TIME: '2',
  };
  return startService('substation_service', name, { ...defaults, ...environment }, port);
}

export function startBalancer(
  substations: { name: string; url: string }[],
  environment: Record<string, string> = {},
  port?: number,
  onLine?: (line: string) => void,
): Promise<LocalService> {
  const SUBSTATIONS = substations.map(({ name, url }) => `${name}=${url}`).join(',');
  const defaults = { SUBSTATIONS, POLL_INTERVAL_MS: String(POLL_INTERVAL_MS) };
  return startService('load_balancer', 'load_balancer', { ...defaults, ...environment }, port, onLine);
}

export function startChargeService(
  balancer: { url: string },
  environment: Record<string, string> = {},
  port?: number,
  onLine?: (line: string) => void,
): Promise<LocalService> {
  const defaults = { LOAD_BALANCER_URL: balancer.url };
  const variables = { ...defaults, ...environment };
  return startService('charge_request_service', 'charge_request_service', variables, port, onLine);
}

export type Grid = {
  substations: Record<SubstationName, LocalService>;
  balancer: LocalService;
  chargeService: LocalService;
};

/**
 * Starts three substations, a balancer and a charge service, and waits until all are ready.
 *
 * @param environment for each substation
 */
export async function startGrid(environment: Record<string, string> = {}): Promise<Grid> {
  const [substation_1, substation_2, substation_3] = await Promise.all([
    startSubstation('substation_1', environment),
    startSubstation('substation_2', environment),
    startSubstation('substation_3', environment),
  ]);
  const substations = { substation_1, substation_2, substation_3 };
  const balancer = await startBalancer(Object.values(substations));
  const chargeService = await startChargeService(balancer);
  const grid = { substations, balancer, chargeService };
  await Promise.all(servicesOf(grid).map((service) => service.ready()));
  return grid;
}

export function servicesOf({ substations, balancer, chargeService }: Grid): LocalService[] {
  return [...Object.values(substations), balancer, chargeService];
}

/** Stops services; those that have exited already are skipped. */
export async function stopAll(services: Iterable<LocalService>): Promise<void> {
  await Promise.all([...services].map((service) => service.stop()));
}
