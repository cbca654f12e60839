import { setTimeout } from 'node:timers/promises';
import type { LocalService } from '@gridclock/local-service';
import { memoryMb, processorSeconds } from '../store/processes.ts';
import { startStore } from '../store/store-cluster.ts';
import { startGridService } from './running-grid.ts';

/** 1 s: by then, a service that has started is idle. */
const SETTLE_MS = 1_000;

/** What a start takes, and the memory once the service is idle. */
export type Start = { seconds: number; cpuSeconds: number; memoryMb: number };

type Starting = { service: LocalService; close: () => Promise<void> };

const inGrid = async (...args: Parameters<typeof startGridService>): Promise<Starting> => {
  const service = await startGridService(...args);
  return { service, close: service.stop };
};

/** Starts each service alone; those that it would call are not there. */
const starts = {
  charge_request_service: () => inGrid('charge_request_service', { LOAD_BALANCER_URL: 'http://127.0.0.1:9' }),
  load_balancer: () => inGrid('load_balancer', { SUBSTATIONS: 'substation_1=http://127.0.0.1:9' }),
  substation_service: () => inGrid('substation_service', { SUBSTATION_ID: 'substation_1' }),
  async 'vector-clock-kv-store'() {
    const cluster = await startStore(1);
    await cluster.nodes[0]?.stop();
    return { service: cluster.restart(0), close: cluster.close };
  },
};

export type ServiceName = keyof typeof starts;

/** Starts a service and measures it. */
export async function measureStart(name: ServiceName): Promise<Start> {
  const { close, service } = await starts[name]();
  // The process was created a moment ago, and creating it took as long for all.
  const begin = performance.now();
  try {
    while (!(await isHealthy(service))) await setTimeout(10);
    const seconds = (performance.now() - begin) / 1_000;
    await setTimeout(SETTLE_MS);
    return {
      seconds,
      cpuSeconds: await processorSeconds(service.pid),
      memoryMb: (await memoryMb(service.pid)).resident,
    };
  } finally {
    await close();
  }
}

function isHealthy({ url }: LocalService): Promise<boolean> {
  return fetch(`${url}/health`).then(
    ({ ok }) => ok,
    () => false,
  );
}
