import { describe, expect, it } from 'vitest';
import { readCompose } from '../support/compose-files.ts';
import { readTarget } from '../support/dockerfile.ts';
import { readStack } from '../support/stack-files.ts';

const compose = {
  ...readCompose('smart-grid-load-balancer').services,
  ...readCompose('vector-clock-kv-store').services,
};
const { services } = readStack();
const serviceList = Object.entries(services);

describe('a stack update', () => {
  it.each(serviceList)(
    'replaces the tasks of %s one by one and rolls back on failure',
    (_name, { deploy }) => {
      const { failure_action: onUpdate, ...update } = deploy.update_config;
      const { failure_action: onRollback, ...rollback } = deploy.rollback_config;
      expect(update).toMatchObject({ parallelism: 1, max_failure_ratio: 0 });
      expect(rollback).toEqual(update);
      expect([onUpdate, onRollback]).toEqual(['rollback', 'pause']);
      expect(deploy.restart_policy.condition).toBe('any');
    },
  );

  it('starts the new task first only for the stateless public entry', () => {
    const overlapping = serviceList.filter(([, { deploy }]) => deploy.update_config.order !== 'stop-first');
    expect(overlapping.map(([name]) => name)).toEqual(['charge_request_service']);
  });

  it('binds every service with a volume to the machine of its volume, except the grid', () => {
    const pinned = serviceList.filter(([, { deploy }]) => deploy.placement?.constraints !== undefined);
    // These start elsewhere with an empty volume: charging must continue when a machine fails.
    const unbound = ['substation', 'load_balancer'];
    const stored = serviceList.filter(
      ([name, { volumes }]) =>
        volumes.some((volume) => typeof volume === 'string') && !unbound.includes(name),
    );
    expect(pinned.map(([name]) => name)).toEqual(stored.map(([name]) => name));
    expect(services.node2?.deploy.placement?.constraints).toEqual(['node.labels.gridclock.node2 == true']);
  });

  it('waits for a substation longer than its longest session', () => {
    const substation = services.substation;
    const seconds = Number(defaultOf(substation?.environment.CHARGE_PROCESSING_TIME));
    const drainS = Number(defaultOf(substation?.environment.DRAIN_MS)) / 1_000;
    const graceS = Number.parseInt(defaultOf(substation?.stop_grace_period), 10);
    // Low priority takes 1.3 times as long, and the random part adds up to 20 %.
    expect(drainS).toBeGreaterThan(seconds * 1.3 * 1.2);
    // Requests in flight then get 1.5 s before the process exits.
    expect(graceS).toBeGreaterThan(drainS + 5);
  });
});

describe('the health check', () => {
  it.each([
    ['node1', 'node'],
    ['node2', 'node'],
    ['node3', 'node'],
    ['substation', 'substation_service'],
    ['load_balancer', 'load_balancer'],
    ['charge_request_service', 'charge_request_service'],
  ])("of %s is its image's check, at /health", (name, target) => {
    const { test, ...times } = services[name]?.healthcheck ?? { test: [] };
    const { command, ...own } = healthcheckOf(target);
    expect(times).toEqual(own);
    expect(test).toEqual([...command, '/health']);
  });

  it.each(['prometheus', 'grafana'])('of %s is the one in Compose', (name) => {
    expect(services[name]?.healthcheck).toEqual(compose[name]?.healthcheck);
    expect(services[name]?.healthcheck).toBeDefined();
  });
});

/** Returns the default in `${NAME:-default}`. */
function defaultOf(text = ''): string {
  return /:-(.*)\}$/.exec(text)?.[1] ?? text;
}

/** Parses the HEALTHCHECK of a Dockerfile target into the Compose form. */
function healthcheckOf(target: string) {
  const text = /^HEALTHCHECK (.*) CMD (.*)$/m.exec(readTarget(target));
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
