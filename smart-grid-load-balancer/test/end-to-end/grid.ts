import { fileURLToPath } from 'node:url';
import { freePort, type LocalService, startLocalService } from '@gridclock/local-service';

type Entry = 'substation_service' | 'load_balancer' | 'charge_request_service';

const capacities = { substation_1: 80, substation_2: 120, substation_3: 100 } as const;

export type SubstationName = keyof typeof capacities;

/** Short enough for a test, long enough for a busy machine to poll in time. */
const POLL_INTERVAL_MS = 250;

/** Starts one service as a process; on a free port unless one is given. */
export async function startService(
  entry: Entry,
  name: string,
  environment: Record<string, string>,
  port?: number,
  onLine: (line: string) => void = () => {},
): Promise<LocalService> {
  return startLocalService({
    name,
    entry: fileURLToPath(new URL(`../../${entry}/main.ts`, import.meta.url)),
    port: port ?? (await freePort()),
    environment: { LOG_LEVEL: 'warn', ...environment },
    onLine,
  });
}

/** One of the contract's three substations. */
export function startSubstation(
  name: SubstationName,
  environment: Record<string, string> = {},
  port?: number,
): Promise<LocalService> {
  const own = { SUBSTATION_ID: name, MAX_CAPACITY: String(capacities[name]), CHARGE_PROCESSING_TIME: '2' };
  return startService('substation_service', name, { ...own, ...environment }, port);
}

export function startBalancer(
  substations: { name: string; url: string }[],
  environment: Record<string, string> = {},
  port?: number,
): Promise<LocalService> {
  const SUBSTATIONS = substations.map(({ name, url }) => `${name}=${url}`).join(',');
  const own = { SUBSTATIONS, POLL_INTERVAL_MS: String(POLL_INTERVAL_MS) };
  return startService('load_balancer', 'load_balancer', { ...own, ...environment }, port);
}

export function startEntry(
  balancer: { url: string },
  environment: Record<string, string> = {},
): Promise<LocalService> {
  const own = { LOAD_BALANCER_URL: balancer.url };
  return startService('charge_request_service', 'charge_request_service', { ...own, ...environment });
}

export type Grid = {
  substations: Record<SubstationName, LocalService>;
  balancer: LocalService;
  entry: LocalService;
};

/** The contract's grid: three substations, the balancer, the public entry. */
export async function startGrid(substation: Record<string, string> = {}): Promise<Grid> {
  const [substation_1, substation_2, substation_3] = await Promise.all([
    startSubstation('substation_1', substation),
    startSubstation('substation_2', substation),
    startSubstation('substation_3', substation),
  ]);
  const balancer = await startBalancer([substation_1, substation_2, substation_3]);
  const entry = await startEntry(balancer);
  await Promise.all([substation_1, substation_2, substation_3, balancer, entry].map((one) => one.ready()));
  return { substations: { substation_1, substation_2, substation_3 }, balancer, entry };
}

/** Stops all that were started, also those that have ended already. */
export async function stopAll(services: Iterable<LocalService>): Promise<void> {
  await Promise.all([...services].map((service) => service.stop()));
}
