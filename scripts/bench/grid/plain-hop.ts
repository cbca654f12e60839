import { Agent } from 'node:http';
import axios from 'axios';
import express from 'express';

/**
 * One of three plain hops, for comparison with the grid: Express, and axios with keep-alive, with the bodies of the
 * grid's services. It has no limits but one on responses, no retries, no metrics, no request ids and no security headers.
 *
 * NEXT_URL is where it forwards a charge to. Without it, it is the substation.
 */
const next = process.env.NEXT_URL;
const http = axios.create({
  httpAgent: new Agent({ keepAlive: true }),
  validateStatus: () => true,
  maxContentLength: 1024 * 1024,
});

let sessions = 0;
const accept = (vehicleId: unknown, amount: unknown) => {
  sessions += 1;
  return {
    status: 'accepted',
    session_id: `substation_1-a1b2c3d4-m1n2o3p4-${String(sessions).padStart(32, '0')}`,
    substation_id: 'substation_1',
    vehicle_id: vehicleId,
    charge_amount: amount,
    estimated_duration: 1.123,
    start_time: new Date().toISOString(),
    current_load: 12.345,
    max_capacity: 1_000_000,
    request_id: 'generated-00000000-0000-4000-8000-000000000000',
    session_secret: 's'.repeat(43),
  };
};

const app = express();
app.use(express.json());
app.post('/charge', async (request, response) => {
  if (next === undefined) {
    response.json(accept(request.body.vehicle_id, request.body.charge_amount));
    return;
  }
  const { data, status } = await http.post<unknown>(next, request.body);
  response.status(status).json(data);
});
app.get('/ready', (_request, response) => {
  response.json({ status: 'ready' });
});
app.listen(Number(process.env.PORT), '127.0.0.1');
