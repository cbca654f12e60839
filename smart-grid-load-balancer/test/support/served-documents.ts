import { type ApiDocument, type CallOptions, readDocument, serveApp } from '@gridclock/api-test';
import { createLogger, createRegistry } from '@gridclock/service-kit';
import type { Express } from 'express';
import { createApp as createReceiver } from '../../alert_receiver/app.ts';
import { serveBalancer } from './balancer.ts';
import { createChargeService } from './charge-service.ts';
import { serveSubstation } from './substation-app.ts';

export const ADMIN_TOKEN = 'the administrator of this test';

/** A service on a port of this host, and the document that it serves. */
export type ServedDocument = CallOptions & {
  app: Express;
  origin: string;
  document: ApiDocument;
  stop: () => Promise<void>;
};

type Started = {
  app: Express;
  passTime?: (() => Promise<unknown>) | undefined;
  stop?: () => Promise<void>;
};

/** The services of the grid, by their names. */
export const services: Readonly<Record<string, () => Promise<Started>>> = {
  'the charge service': async () => {
    const balancer = await startBalancer(ADMIN_TOKEN);
    const served = await serveApp(balancer.app);
    return { app: createChargeService(served.origin), passTime: balancer.passTime, stop: served.close };
  },
  'the balancer': () => startBalancer(undefined),
  'a balancer with a token': () => startBalancer(ADMIN_TOKEN),
  'a substation': async () => serveSubstation(),
  'a substation with a token': async () => serveSubstation({ adminToken: ADMIN_TOKEN }),
  'the alert receiver': async () => ({
    app: createReceiver({ logger: createLogger('test', 'silent'), registry: createRegistry() }),
  }),
};

async function startBalancer(adminToken: string | undefined): Promise<Started> {
  const balancer = await serveBalancer(
    { substation_1: 80, substation_2: 120 },
    adminToken === undefined ? {} : { adminToken },
  );
  return { app: balancer.app, passTime: () => balancer.clock.advanceAsync(10) };
}

/** Serves a service and reads its document. */
export async function serveDocument(start: () => Promise<Started>): Promise<ServedDocument> {
  const { app, passTime, stop } = await start();
  const served = await serveApp(app);
  return {
    app,
    origin: served.origin,
    document: await readDocument(served.origin),
    tokens: { adminToken: ADMIN_TOKEN },
    ...(passTime === undefined ? {} : { passTime }),
    stop: async () => {
      await served.close();
      await stop?.();
    },
  };
}
