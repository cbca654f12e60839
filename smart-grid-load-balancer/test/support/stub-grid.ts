import { listen } from '@gridclock/service-kit';
import express, { type RequestHandler, type Response } from 'express';

/** What `POST /charge` answers; `index` counts requests from 0. */
export type Behaviour = (response: Response, index: number, chargeKw: number) => void;

/** A charge service and a balancer in this process, whose answers the test chooses. */
export type StubGrid = { url: string; received: () => number; close: () => Promise<void> };

/** Accepts, at two substations in turn. */
export const accepts: Behaviour = (response, index, chargeKw) => {
  response.json({
    status: 'accepted',
    session_id: `session-${index}`,
    substation_id: `substation_${1 + (index % 2)}`,
    vehicle_id: 'EV_1000',
    charge_amount: chargeKw,
    estimated_duration: 10,
    start_time: '2026-01-01T00:00:00.000Z',
    current_load: 20,
    max_capacity: 100,
    routed_by: 'load_balancer',
    substation_load_before: 20 - chargeKw,
  });
};

/** The grid is full. */
export const refuses: Behaviour = (response) => {
  response
    .status(503)
    .json({ error: 'Insufficient capacity', current_load: 95, max_capacity: 100, available_capacity: 5 });
};

/** Never answers. */
export const hangs: Behaviour = () => {};

/** Begins an answer and never ends it, a byte at a time. */
export const trickles: Behaviour = (response) => {
  const trickle = setInterval(() => response.write(' '), 10);
  response.on('close', () => clearInterval(trickle));
};

export async function startStubGrid(behaviour: Behaviour): Promise<StubGrid> {
  let received = 0;
  const charge: RequestHandler = (request, response) => {
    behaviour(response, received++, request.body.charge_amount);
  };
  const app = express();
  app.get('/health', (_request, response) => void response.json({ status: 'healthy' }));
  app.get('/status', (_request, response) => {
    response.json({
      service: 'load_balancer',
      substation_loads: { substation_1: 20, substation_2: 30.5 },
      timestamp: '2026-01-01T00:00:00.000Z',
    });
  });
  app.post('/charge', express.json(), charge);
  const server = await listen(app, 0, '127.0.0.1');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the stub grid has no port');
  return {
    url: `http://127.0.0.1:${address.port}`,
    received: () => received,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
