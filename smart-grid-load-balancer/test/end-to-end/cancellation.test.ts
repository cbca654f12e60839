import type { LocalService } from '@gridclock/local-service';
import express from 'express';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  endlessSessions,
  startBalancer,
  startChargeService,
  startSubstation,
  stopAll,
} from '../support/grid.ts';
import { holderOf, metric, send } from '../support/http.ts';
import { startHttpServer } from '../support/http-server.ts';

const started: LocalService[] = [];

afterAll(async () => {
  await stopAll(started);
});

/** Sends a charge request whose client leaves when the test calls `leave`. */
function sendAndLeave(url: string, body: object, headers: Record<string, string> = {}) {
  const client = new AbortController();
  const ended = fetch(`${url}/charge`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    signal: client.signal,
  }).then(
    ({ status }) => status,
    () => 'left',
  );
  return { ended, leave: () => client.abort() };
}

const aborted = (service: LocalService, route: string) =>
  metric(service, `http_request_duration_seconds_count{method="POST",route="${route}",status="499"}`).catch(
    () => 0,
  );

const soon = { timeout: 30_000 };

describe('a driver who leaves', () => {
  let substation: LocalService;
  let balancer: LocalService;
  let entry: LocalService;
  let session: Record<string, unknown>;

  const waiting = () => metric(balancer, 'load_balancer_waiting_requests');
  const vehicles = async () => {
    const { sessions } = (await send('GET', `${substation.url}/status`)).body;
    return Object.values(sessions ?? {}).map(({ vehicle_id }) => vehicle_id);
  };
  const fill = async () => {
    const { body } = await send('POST', `${entry.url}/charge`, { vehicle_id: 'EV_first', charge_amount: 80 });
    session = body;
  };
  const release = () =>
    send('DELETE', `${entry.url}/sessions/${session.session_id}`, undefined, holderOf(session));

  beforeAll(async () => {
    substation = await startSubstation('substation_1', endlessSessions);
    // Longer than this test takes on any machine.
    balancer = await startBalancer([substation], { MAX_QUEUE: '10', MAX_WAIT_MS: '60000' });
    entry = await startChargeService(balancer, { BALANCER_TIMEOUT_MS: '70000' });
    started.push(substation, balancer, entry);
    await Promise.all(started.map((service) => service.ready()));
  });

  it('gives up the place in the queue, and is not charged later', async () => {
    await fill();
    const driver = sendAndLeave(entry.url, { vehicle_id: 'EV_gone', charge_amount: 10 });
    await expect.poll(waiting, soon).toBe(1);
    driver.leave();
    expect(await driver.ended).toBe('left');
    await expect.poll(waiting, soon).toBe(0);
    await expect.poll(() => aborted(entry, '/charge'), soon).toBe(1);
    await expect.poll(() => aborted(balancer, '/route_charge'), soon).toBeGreaterThanOrEqual(1);
    await release();
    expect(await metric(substation, 'substation_active_sessions')).toBe(0);
    await expect
      .poll(() => metric(balancer, 'load_balancer_requests_total{outcome="withdrawn"}'), soon)
      .toBeGreaterThanOrEqual(1);
  });

  it('keeps the place with a key, and finds the session with it', async () => {
    await fill();
    const body = { vehicle_id: 'EV_back', charge_amount: 10 };
    const key = { 'Idempotency-Key': 'my-key' };
    const driver = sendAndLeave(entry.url, body, key);
    await expect.poll(waiting, soon).toBe(1);
    driver.leave();
    expect(await driver.ended).toBe('left');
    await expect.poll(() => aborted(entry, '/charge'), soon).toBe(2);
    await release();
    await expect.poll(vehicles, soon).toEqual(['EV_back']);
    const again = await send('POST', `${entry.url}/charge`, body, key);
    expect(again).toMatchObject({ status: 200, body: { vehicle_id: 'EV_back', current_load: 10 } });
    expect(await vehicles()).toEqual(['EV_back']);
  });
});

describe('a driver who leaves while a substation hangs', () => {
  it('cancels the message to the substation too', async () => {
    const app = express();
    let asked = () => {};
    let cancelled = () => {};
    const wasAsked = new Promise<void>((resolve) => {
      asked = resolve;
    });
    const wasCancelled = new Promise<void>((resolve) => {
      cancelled = resolve;
    });
    app.get('/metrics', (_request, response) => {
      response.type('text/plain').send('substation_current_load 0\nsubstation_max_capacity 100\n');
    });
    app.post('/charge', (_request, response) => {
      response.on('close', cancelled);
      asked();
    });
    const hanging = await startHttpServer(app);
    const balancer = await startBalancer([{ name: 'hanging', url: hanging.url }]);
    // No response is repeated within this time, so that one message is in flight.
    const entry = await startChargeService(balancer);
    started.push(balancer, entry);
    await Promise.all([balancer.ready(), entry.ready()]);
    const driver = sendAndLeave(entry.url, { vehicle_id: 'EV_gone', charge_amount: 10 });
    await wasAsked;
    driver.leave();
    await wasCancelled;
    await expect
      .poll(() => metric(balancer, 'load_balancer_requests_total{outcome="withdrawn"}'), soon)
      .toBeGreaterThanOrEqual(1);
    await hanging.close();
  });
});
