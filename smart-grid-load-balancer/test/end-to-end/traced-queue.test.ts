import type { LocalService } from '@gridclock/local-service';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Collector, startCollector } from '../../../test/support/tracing/collector.ts';
import { treeOf } from '../../../test/support/tracing/tree.ts';
import {
  endlessSessions,
  startBalancer,
  startChargeService,
  startSubstation,
  stopAll,
} from '../support/grid.ts';
import { holderOf, metric, send } from '../support/http.ts';

let collector: Collector;
const services: LocalService[] = [];
let balancer: LocalService;
let entry: LocalService;

beforeAll(async () => {
  collector = await startCollector();
  const { environment } = collector;
  const substation = await startSubstation('substation_1', { ...endlessSessions, ...environment });
  balancer = await startBalancer([substation], { ...environment, MAX_QUEUE: '10', MAX_WAIT_MS: '60000' });
  entry = await startChargeService(balancer, { ...environment, BALANCER_TIMEOUT_MS: '70000' });
  services.push(substation, balancer, entry);
  await Promise.all(services.map((service) => service.ready()));
});

afterAll(async () => {
  await stopAll(services);
  await collector.stop();
});

const traced = (trace: string) => ({ traceparent: `00-${trace}-00f067aa0ba902b7-01` });

const charge = (vehicle_id: string, charge_amount: number, trace: string) =>
  send('POST', `${entry.url}/charge`, { vehicle_id, charge_amount, priority: 'normal' }, traced(trace));

it('keeps a charge in its trace that waits until another request frees capacity', async () => {
  const { body: session } = await charge('EV_first', 70, 'a'.repeat(32));
  const waiting = charge('EV_waiting', 50, 'b'.repeat(32));
  await expect.poll(() => metric(balancer, 'load_balancer_waiting_requests'), { timeout: 30_000 }).toBe(1);
  const stop = { ...holderOf(session), ...traced('c'.repeat(32)) };
  await send('DELETE', `${entry.url}/sessions/${session.session_id}`, undefined, stop);
  expect((await waiting).status).toBe(200);
  const outcomes = (trace: string) =>
    collector.spans
      .filter(({ name, traceId }) => name === 'charge substation_1' && traceId === trace)
      .map(({ attributes }) => attributes['gridclock.outcome']);
  await expect.poll(() => outcomes('b'.repeat(32))).toEqual(['full', 'accepted']);
  expect(outcomes('c'.repeat(32))).toEqual([]);
  const served = '        substation_1: POST /charge';
  const tree = () => treeOf(collector.spans, 'b'.repeat(32));
  await expect.poll(() => tree().filter((line) => line === served)).toHaveLength(2);
});
