import { describe, expect, it } from 'vitest';
import { read, readCompose, readStack } from './files.ts';

const compose = {
  ...readCompose('smart-grid-load-balancer').services,
  ...readCompose('vector-clock-kv-store').services,
};
const { services } = readStack();
const named = Object.entries(services);

describe('an update of the stack', () => {
  it.each(named)(
    'replaces the tasks of %s one after another, and goes back when one fails',
    (_name, { deploy }) => {
      const { failure_action: onUpdate, ...update } = deploy.update_config;
      const { failure_action: onRollback, ...rollback } = deploy.rollback_config;
      expect(update).toMatchObject({ parallelism: 1, max_failure_ratio: 0 });
      expect(rollback).toEqual(update);
      expect([onUpdate, onRollback]).toEqual(['rollback', 'pause']);
      expect(deploy.restart_policy.condition).toBe('any');
    },
  );

  it('starts the new task first only where two at a time do no harm', () => {
    const overlapping = named.filter(([, { deploy }]) => deploy.update_config.order !== 'stop-first');
    expect(overlapping.map(([name]) => name)).toEqual(['charge_request_service']);
  });

  it('binds what keeps its data on a disk to the machine that has the disk', () => {
    const pinned = named.filter(([, { deploy }]) => deploy.placement?.constraints !== undefined);
    const stored = named.filter(([, { volumes }]) => volumes.some((volume) => typeof volume === 'string'));
    expect(pinned.map(([name]) => name)).toEqual(stored.map(([name]) => name));
    expect(services.node2?.deploy.placement?.constraints).toEqual(['node.labels.gridclock.node2 == true']);
  });

  it('waits longer for a substation than the longest session takes', () => {
    const substation = services.substation;
    const seconds = Number(defaultOf(substation?.environment.CHARGE_PROCESSING_TIME));
    const drainS = Number(defaultOf(substation?.environment.DRAIN_MS)) / 1_000;
    const graceS = Number.parseInt(defaultOf(substation?.stop_grace_period), 10);
    // Low priority takes 1.3 times as long, and chance adds up to a fifth.
    expect(drainS).toBeGreaterThan(seconds * 1.3 * 1.2);
    // Then requests under way get their 1.5 s, and the process ends.
    expect(graceS).toBeGreaterThan(drainS + 5);
  });
});

describe('the health of a task', () => {
  it.each(['node1', 'node2', 'node3', 'substation'])('of %s is what its image says, of /health', (name) => {
    const { test, ...times } = services[name]?.healthcheck ?? { test: [] };
    const { command, ...own } = healthcheckOf(compose[name]?.build?.dockerfile ?? '');
    expect(times).toEqual(own);
    expect(test.map((part) => part.replaceAll('$$', '$'))).toEqual(
      command.map((part) => part.replace('/ready', '/health')),
    );
  });

  it.each(['load_balancer', 'charge_request_service'])('of %s is what its image says', (name) => {
    expect(services[name]?.healthcheck).toBeUndefined();
  });

  it.each(['prometheus', 'grafana'])('of %s is what Compose says', (name) => {
    expect(services[name]?.healthcheck).toEqual(compose[name]?.healthcheck);
    expect(services[name]?.healthcheck).toBeDefined();
  });
});

/** The default of `${NAME:-default}`. */
function defaultOf(text = ''): string {
  return /:-(.*)\}$/.exec(text)?.[1] ?? text;
}

/** What a Dockerfile's HEALTHCHECK says, in a compose file's words. */
function healthcheckOf(dockerfile: string) {
  const text = /^HEALTHCHECK (.*)\\\n\s+CMD (.*)$/m.exec(read(dockerfile));
  const options = Object.fromEntries(
    [...(text?.[1] ?? '').matchAll(/--([a-z-]+)=(\S+)/g)].map(([, key = '', value]) => [key, value]),
  );
  const list: unknown = JSON.parse(text?.[2] ?? '[]');
  return {
    command: ['CMD', ...(Array.isArray(list) ? list.map(String) : [])],
    interval: options.interval,
    timeout: options.timeout,
    start_period: options['start-period'],
    retries: Number(options.retries),
  };
}
