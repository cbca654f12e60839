import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createTemporaryDirectory, type LocalService } from '@gridclock/local-service';
import { execa } from 'execa';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { endlessSessions, startSubstation, stopAll } from '../support/grid.ts';
import { holderOf, metric, send } from '../support/http.ts';

const started: LocalService[] = [];
let directory: Awaited<ReturnType<typeof createTemporaryDirectory>>;

beforeEach(async () => {
  directory = await createTemporaryDirectory();
});

afterEach(async () => {
  await stopAll(started.splice(0));
  await directory.remove();
});

/** Starts substation_1, with sessions on disk unless `DATA_DIR` is empty. */
async function start(environment: Record<string, string> = {}, port?: number): Promise<LocalService> {
  const variables = { ...endlessSessions, DATA_DIR: join(directory.path, 'data'), ...environment };
  const service = await startSubstation('substation_1', variables, port);
  started.push(service);
  await service.ready();
  return service;
}

async function killAndRestart(service: LocalService, environment: Record<string, string> = {}) {
  service.signal('SIGKILL');
  await service.exited;
  return start(environment, service.port);
}

const charge = (service: LocalService, key: string, kw = 7) =>
  send('POST', `${service.url}/charge`, { vehicle_id: `EV_${key}`, charge_amount: kw, request_id: key });
const session = (service: LocalService, charged: Record<string, unknown>) =>
  send('GET', `${service.url}/sessions/${charged.session_id}`, undefined, holderOf(charged));
const stop = (service: LocalService, charged: Record<string, unknown>) =>
  send('DELETE', `${service.url}/sessions/${charged.session_id}`, undefined, holderOf(charged));
/** The planned end of a session, in milliseconds since 1970. */
const endOf = ({ start_time, estimated_duration }: Record<string, unknown>) =>
  Date.parse(String(start_time)) + 1_000 * Number(estimated_duration);

/** Restarts a substation whose session is running: a busy machine restarts it more slowly than a short one ends. */
async function restartDuringSession(secondsToTry: readonly string[]) {
  for (const seconds of secondsToTry) {
    const length = { CHARGE_PROCESSING_TIME: seconds };
    const first = await start(length);
    const { body } = await charge(first, `k${seconds}`);
    const second = await killAndRestart(first, length);
    const { status } = await session(second, body);
    if (status !== 200 && Date.now() > endOf(body)) {
      await second.stop();
      continue;
    }
    expect(status).toBe(200);
    return { second, body };
  }
  throw new Error(`a restart took longer than a session of ${secondsToTry.at(-1)} s`);
}

const withoutSecret = ({ session_secret: _secret, ...body }: Record<string, unknown>) => body;

describe('a substation with DATA_DIR that is killed', () => {
  it('continues its sessions, its counters and its memory of requests', async () => {
    const first = await start();
    const accepted = await charge(first, 'k1');
    const stopped = await charge(first, 'k2', 11);
    await stop(first, stopped.body);
    const before = await session(first, accepted.body);
    const counters = [
      'substation_charges_accepted_total',
      'substation_accepted_kilowatts_total',
      'substation_energy_joules_total',
      'substation_sessions_ended_total{end="stopped"}',
      'substation_life',
    ];
    const read = (service: LocalService) => Promise.all(counters.map((name) => metric(service, name)));
    const counted = await read(first);

    const second = await killAndRestart(first);
    expect(await metric(second, 'substation_current_load')).toBe(7);
    expect(await read(second)).toEqual(counted);
    const after = await session(second, accepted.body);
    expect(after.status).toBe(200);
    expect(after.body).toMatchObject({ vehicle_id: 'EV_k1', start_time: before.body.start_time });
    expect(Number(after.body.remaining_time)).toBeLessThan(Number(before.body.remaining_time));
    expect((await session(second, stopped.body)).body).toMatchObject({ state: 'finished' });
    const again = await charge(second, 'k1');
    expect(withoutSecret(again.body)).toEqual(withoutSecret(accepted.body));
    // It has only a hash of the first secret. Both are valid.
    expect(again.body.session_secret).not.toBe(accepted.body.session_secret);
    for (const body of [again.body, accepted.body]) expect((await session(second, body)).status).toBe(200);
    expect((await session(second, { ...accepted.body, session_secret: 'guessed' })).status).toBe(401);
    expect((await charge(second, 'k2', 11)).body).toEqual(withoutSecret(stopped.body));
    // The first /charge already sees the load: 80 - 7 kW are free.
    expect(await charge(second, 'k3', 74)).toMatchObject({ status: 503, body: { available_capacity: 73 } });
  });

  it('finishes sessions whose end passed meanwhile, and counts their energy', async () => {
    const short = { CHARGE_PROCESSING_TIME: '1' };
    const first = await start(short);
    const { body } = await charge(first, 'k1');
    first.signal('SIGKILL');
    await first.exited;
    await expect.poll(() => Date.now(), { timeout: 10_000 }).toBeGreaterThan(endOf(body));
    const second = await start(short, first.port);
    expect(await metric(second, 'substation_current_load')).toBe(0);
    expect(await metric(second, 'substation_sessions_ended_total{end="completed"}')).toBe(1);
    expect(await metric(second, 'substation_energy_joules_total')).toBe(
      Math.round(7_000 * Number(body.estimated_duration)),
    );
  });

  it('ends a continued session when its time is over', async () => {
    const { second, body } = await restartDuringSession(['5', '20', '60']);
    const leftMs = Math.max(0, endOf(body) - Date.now());
    await expect
      .poll(() => metric(second, 'substation_active_sessions'), { timeout: leftMs + 15_000 })
      .toBe(0);
    // Not early, either: clocks may differ by some milliseconds.
    expect(Date.now()).toBeGreaterThan(endOf(body) - 1_000);
    expect((await session(second, body)).body).toMatchObject({ state: 'finished' });
  }, 180_000);

  it('refuses the data directory of another substation, and one that is in use', async () => {
    const first = await start();
    const other = await startSubstation('substation_2', { DATA_DIR: join(directory.path, 'data') });
    expect((await other.exited).exitCode).toBe(1);
    await first.stop();
    const late = await startSubstation('substation_2', { DATA_DIR: join(directory.path, 'data') });
    await expect(late.ready()).rejects.toThrow('holds the sessions of substation_1, not of substation_2');
  });
});

describe('a substation that lost its memory', () => {
  it.each([
    ['without DATA_DIR', { DATA_DIR: '' }],
    ['with an empty disk', {}],
  ])('distinguishes interrupted, finished and unknown sessions %s', async (_name, environment) => {
    const first = await start(environment);
    const lost = await charge(first, 'k1');
    first.signal('SIGKILL');
    await first.exited;
    await rm(join(directory.path, 'data'), { recursive: true, force: true });
    const second = await start(environment, first.port);
    const finished = await charge(second, 'k2');
    await stop(second, finished.body);
    expect(await session(second, lost.body)).toMatchObject({
      status: 410,
      body: { error: 'Session interrupted', state: 'interrupted' },
    });
    expect(await session(second, finished.body)).toMatchObject({
      status: 404,
      body: { state: 'finished' },
    });
    expect((await session(second, { session_id: 'substation_1~made-up' })).body).not.toHaveProperty('state');
  });
});

/** Only root can mount a small file system. */
const isRoot = process.getuid?.() === 0;
const DISK_BYTES = 2 * 1024 * 1024;

describe.runIf(isRoot)('a substation on a full disk', () => {
  const disk = () => join(directory.path, 'data');

  beforeEach(async () => {
    await mkdir(disk());
    await execa('mount', ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', disk()]);
  });

  afterEach(async () => {
    await stopAll(started.splice(0));
    await execa('umount', [disk()]);
  });

  it('refuses sessions with a 503, serves reads, and accepts sessions once there is room', async () => {
    const service = await start({ MAX_CAPACITY: '1000000' });
    const kept = await charge(service, 'kept');
    await writeFile(join(disk(), 'other-data'), Buffer.alloc(DISK_BYTES)).catch(() => {});
    let keys = 0;
    const next = () => charge(service, `k${keys++}`);
    let refused = await next();
    while (refused.status === 200) refused = await next();
    expect(refused).toMatchObject({ status: 503, body: { error: 'Storage unavailable' } });
    const sessions = await metric(service, 'substation_active_sessions');
    expect(await next()).toMatchObject({ status: 503, body: { error: 'Storage unavailable' } });
    expect(await metric(service, 'substation_active_sessions')).toBe(sessions);
    expect(await metric(service, 'substation_storage_failed')).toBe(1);
    expect((await session(service, kept.body)).status).toBe(200);
    expect((await charge(service, 'kept')).body).toEqual(kept.body);
    await rm(join(disk(), 'other-data'));
    await expect.poll(async () => (await next()).status, { timeout: 30_000 }).toBe(200);
    const restarted = await killAndRestart(service, { MAX_CAPACITY: '1000000' });
    expect(await metric(restarted, 'substation_active_sessions')).toBe(sessions + 1);
  });
});
