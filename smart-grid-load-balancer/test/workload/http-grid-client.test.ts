import { freePort } from '@gridclock/local-service';
import express from 'express';
import { afterEach, describe, expect, it } from 'vitest';
import { createHttpGridClient } from '../../workload/http-grid-client.ts';
import { type HttpServer, startHttpServer } from '../support/http-server.ts';

let server: HttpServer | undefined;
afterEach(() => server?.close());

/** Starts a server that responds to these paths: strings as text, everything else as JSON. */
async function serverWith(responses: Record<string, unknown>): Promise<string> {
  const app = express();
  for (const [path, body] of Object.entries(responses)) {
    app.get(path, (_request, response) => void response.send(body));
  }
  server = await startHttpServer(app);
  return server.url;
}

async function statusFrom(status: unknown, options = {}) {
  const url = await serverWith({ '/status': status });
  return createHttpGridClient({ chargeUrl: url, balancerUrl: url, ...options }).status();
}

const substation = { url: 'http://substation_1:8001', capacity: 80, load: 7, health: 'up' };

describe('the status of the grid', () => {
  it('contains loads, capacities and URLs', async () => {
    const loads = { substation_1: 7, substation_2: 0 };
    const substations = { substation_1: substation, substation_2: { url: 'http://b:8001', capacity: null } };
    expect(await statusFrom({ substation_loads: loads, substations })).toEqual({
      loads,
      capacities: { substation_1: 80 },
      urls: { substation_1: 'http://substation_1:8001', substation_2: 'http://b:8001' },
    });
  });

  it('contains only loads when the balancer reports nothing else', async () => {
    expect(await statusFrom({ substation_loads: { substation_1: 7 } })).toEqual({
      loads: { substation_1: 7 },
      capacities: {},
      urls: {},
    });
  });

  it('prefers the URLs that the user passes', async () => {
    const substations = { substation_1: 'http://localhost:8001' };
    const status = await statusFrom(
      { substation_loads: {}, substations: { substation_1: substation } },
      { substations },
    );
    expect(status?.urls).toEqual(substations);
  });

  it('is undefined when the response is invalid or missing', async () => {
    expect(await statusFrom({ status: 'fine' })).toBeUndefined();
    const nobody = `http://127.0.0.1:${await freePort()}`;
    const grid = createHttpGridClient({ chargeUrl: nobody, balancerUrl: nobody });
    expect(await grid.status()).toBeUndefined();
    expect(await grid.acceptedTotals(nobody)).toBeUndefined();
    expect(await grid.connectionError()).toBe('connection refused');
  });
});

describe('the accepted totals of a substation', () => {
  it('are read from its metrics', async () => {
    const metrics = [
      '# HELP substation_charges_accepted_total Requests.',
      '# TYPE substation_charges_accepted_total counter',
      'substation_charges_accepted_total 12',
      'substation_accepted_kilowatts_total 329.5',
    ].join('\n');
    const url = await serverWith({ '/metrics': metrics });
    const grid = createHttpGridClient({ chargeUrl: url, balancerUrl: url });
    expect(await grid.acceptedTotals(url)).toEqual({ accepted: 12, acceptedKw: 329.5 });
  });

  it('are undefined when it does not report them', async () => {
    const url = await serverWith({ '/metrics': 'substation_current_load 0\n' });
    expect(
      await createHttpGridClient({ chargeUrl: url, balancerUrl: url }).acceptedTotals(url),
    ).toBeUndefined();
  });
});
