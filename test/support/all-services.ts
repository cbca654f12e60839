import { createLogger, createRegistry, listen } from '@gridclock/service-kit';
import type { Express } from 'express';
import { createApp as createAlertReceiver } from '../../smart-grid-load-balancer/alert_receiver/app.ts';
import { serveBalancer } from '../../smart-grid-load-balancer/test/support/balancer.ts';
import { createChargeService } from '../../smart-grid-load-balancer/test/support/charge-service.ts';
import { serveSubstation } from '../../smart-grid-load-balancer/test/support/substation-app.ts';
import { createNodeApp } from '../../vector-clock-kv-store/test/support/node-app.ts';

/** A service's URL, a path for reading with the other methods that it has, and a request that changes something. */
export type Service = {
  app: string;
  read: { path: string; allow: string };
  change: { path: string; allow: string; body: object };
};

const closing: (() => unknown)[] = [];

/** Serves an app for all tests, with the largest limit of headers that a service has. */
async function serve(app: Express): Promise<string> {
  const server = await listen(app, 0, '127.0.0.1', 128 * 1024);
  closing.push(() => server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return `http://127.0.0.1:${address.port}`;
}

/** Serves one service of each kind in this process. */
export async function serveAllServices(): Promise<Record<string, Service>> {
  const { app, node } = createNodeApp();
  await node.start();
  const balancer = await serveBalancer({ s1: 80 }, { adminToken: 'correct-horse' });
  const balancerUrl = await serve(balancer.app);
  closing.push(() => node.stop());
  const charge = { vehicle_id: 'EV_1', charge_amount: 1, priority: 'low' };
  const status = { path: '/status', allow: 'GET, HEAD, OPTIONS' };
  return {
    node: {
      app: await serve(app),
      read: { path: '/get?key=x', allow: 'GET, HEAD, POST, OPTIONS' },
      change: { path: '/put', allow: 'POST, PUT, OPTIONS', body: { key: 'x', value: 1 } },
    },
    entry: {
      app: await serve(createChargeService(balancerUrl)),
      read: status,
      change: { path: '/charge', allow: 'POST, OPTIONS', body: charge },
    },
    balancer: {
      app: balancerUrl,
      read: status,
      change: { path: '/route_charge', allow: 'POST, OPTIONS', body: charge },
    },
    substation: {
      app: await serve(serveSubstation().app),
      read: status,
      change: { path: '/charge', allow: 'POST, OPTIONS', body: charge },
    },
    alert_receiver: {
      app: await serve(
        createAlertReceiver({ logger: createLogger('test', 'silent'), registry: createRegistry() }),
      ),
      read: { path: '/health', allow: 'GET, HEAD, OPTIONS' },
      change: { path: '/alerts', allow: 'POST, OPTIONS', body: { alerts: [] } },
    },
  };
}

export async function closeAllServices(): Promise<void> {
  for (const close of closing) await close();
}
