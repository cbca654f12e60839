import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { DRAINING } from '@gridclock/grid-protocol';
import { entryArguments, type LocalService } from '@gridclock/local-service';
import { execa } from 'execa';
import { afterEach, describe, expect, it } from 'vitest';
import { endlessSessions, startService, startSubstation, stopAll } from '../support/grid.ts';
import { holderOf, send } from '../support/http.ts';

const started: LocalService[] = [];

afterEach(async () => {
  await stopAll(started.splice(0));
});

/** Starts a service that is expected to exit, and returns its exit code and output. */
async function failToStart(...[folder, name, environment, port]: Parameters<typeof startService>) {
  const lines: string[] = [];
  const service = await startService(folder, name, environment, port, (line) => lines.push(line));
  started.push(service);
  const { exitCode } = await service.exited;
  return { exitCode, lines };
}

describe('a service that cannot start', () => {
  it.each([
    ['substation_service', { MAX_CAPACITY: 'much' }, 'MAX_CAPACITY must be a number (it is "much")'],
    ['substation_service', { SUBSTATION_ID: 'a b' }, 'SUBSTATION_ID must be'],
    ['substation_service', { HOST: '192.0.2.1' }, 'HOST is not an address of this machine'],
    ['load_balancer', {}, 'exactly one of SUBSTATIONS, SUBSTATION_HOSTS and SUBSTATION_DNS is required'],
    ['load_balancer', { SUBSTATIONS: 'a' }, 'SUBSTATIONS must be id=url'],
    ['load_balancer', { SUBSTATION_HOSTS: 'a', ROUTING_POLICY: 'best' }, 'ROUTING_POLICY must be one of'],
    ['charge_request_service', { LOAD_BALANCER_URL: 'balancer:8080' }, 'LOAD_BALANCER_URL must be'],
  ] as const)(
    'exits with status 1 and one line that names the cause: %s with %j',
    async (service, environment, cause) => {
      const { exitCode, lines } = await failToStart(service, service, environment);
      expect(exitCode).toBe(1);
      expect(lines).toHaveLength(1);
      expect(lines[0]).toContain(`${service}: ${cause}`);
    },
  );

  it('names a port that is already in use', async () => {
    const first = await startSubstation('substation_1');
    started.push(first);
    await first.ready();
    const { exitCode, lines } = await failToStart('substation_service', 'second', {}, first.port);
    expect(exitCode).toBe(1);
    expect(lines).toEqual([
      `substation_service: port ${first.port} is already in use. Set PORT to a free port.`,
    ]);
  });
});

describe('a substation that receives SIGTERM', () => {
  it('exits even if the reader of its log is gone', async () => {
    const entry = fileURLToPath(new URL('../../substation_service/main.ts', import.meta.url));
    const substation = execa(process.execPath, entryArguments(entry), {
      env: { PORT: '0', HOST: '127.0.0.1' },
      reject: false,
      buffer: false,
      forceKillAfterDelay: 10_000,
    });
    await once(substation.stdout, 'data');
    substation.stdout.destroy();
    await once(substation.stdout, 'close');
    substation.kill('SIGTERM');
    expect(await substation).toMatchObject({ exitCode: 0 });
  });

  it('exits while a session is running', async () => {
    const substation = await startSubstation('substation_1', endlessSessions);
    started.push(substation);
    await substation.ready();
    await send('POST', `${substation.url}/charge`, { vehicle_id: 'EV_1', charge_amount: 7 });
    substation.signal('SIGTERM');
    expect(await substation.exited).toMatchObject({ exitCode: 0, signal: undefined });
  });

  it('drains for up to DRAIN_MS and responds until the last session has ended', async () => {
    const longDrain = { ...endlessSessions, DRAIN_MS: '600000' };
    const substation = await startSubstation('substation_1', longDrain);
    started.push(substation);
    await substation.ready();
    const charge = (vehicle_id: string) =>
      send('POST', `${substation.url}/charge`, { vehicle_id, charge_amount: 7 });
    const { body: session } = await charge('EV_1');
    substation.signal('SIGTERM');
    await expect
      .poll(() => send('GET', `${substation.url}/ready`), { timeout: 30_000 })
      .toMatchObject({ status: 503 });
    expect(await charge('EV_2')).toMatchObject({ status: 503, body: { error: DRAINING } });
    const path = `/sessions/${session.session_id}`;
    const stopped = await send('DELETE', `${substation.url}${path}`, undefined, holderOf(session));
    expect(stopped).toMatchObject({ status: 200, body: { vehicle_id: 'EV_1' } });
    expect(await substation.exited).toMatchObject({ exitCode: 0, signal: undefined });
  });
});
