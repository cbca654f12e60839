import express, { type RequestHandler, type Response } from 'express';
import { type HttpServer, startHttpServer } from './http-server.ts';

/** Responds to `POST /charge`; `index` counts requests from 0. */
export type Behaviour = (response: Response, index: number, chargeKw: number) => void;

/** A charge service and a balancer in one server; the test chooses its responses. */
export type StubGrid = HttpServer & { received: () => number };

/** Accepts every request, alternating between two substations. */
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

/** Rejects every request because the grid is full. */
export const refuses: Behaviour = (response) => {
  response
    .status(503)
    .json({ error: 'Insufficient capacity', current_load: 95, max_capacity: 100, available_capacity: 5 });
};

/** Never responds. */
export const hangs: Behaviour = () => {};

/** Sends a response byte by byte and never ends it. */
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
  return { ...(await startHttpServer(app)), received: () => received };
}
