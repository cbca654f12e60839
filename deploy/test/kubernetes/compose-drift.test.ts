import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { counterpartsOf, targetOf, withDefaults } from '../support/compose-services.ts';
import { exposedPorts } from '../support/dockerfile.ts';
import { MANIFESTS, readFolder } from '../support/manifests.ts';
import { workloadsOf } from '../support/workloads.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const workloads = ['base', 'load-test'].flatMap((folder) =>
  workloadsOf(readFolder(`${MANIFESTS}/${folder}`)),
);

/** Variables whose values may differ from Compose, with the reason. */
const allowedDifferences: Record<string, Record<string, string>> = {
  store: {
    NODE_ID: 'the pod name',
    PEERS: 'the pod names',
    ADVERTISE_URL: 'a fourth node joins through the first three',
    DATA_DIR: 'set in the image',
    PEER_WAIT_MS: 'machines become ready at different times',
    FAULTS: 'other pods may reach the nodes',
    TRACE: 'traces are for demonstrations',
    CLUSTER_TOKEN_FILE: 'from a secret',
  },
  substation: {
    SUBSTATION_ID: 'the pod name',
    DRAIN_MS: 'the pod waits for its sessions',
    ADMIN_TOKEN_FILE: 'from a secret',
  },
  'load-balancer': {
    NAMESPACE: 'used in SUBSTATION_DNS',
    SUBSTATION_DNS: 'the full DNS name of the Service',
    ADMIN_TOKEN_FILE: 'from a secret',
  },
  'charge-request-service': { LOAD_BALANCER_URL: 'DNS names have no underscores' },
  'load-tester': {
    CHARGE_REQUEST_URL: 'DNS names have no underscores',
    LOAD_BALANCER_URL: 'DNS names have no underscores',
  },
};

/** Reads the source that parses the variables of an image's service. */
function readConfig(target: string): string {
  const folder = target === 'node' ? 'vector-clock-kv-store/src' : `smart-grid-load-balancer/${target}`;
  const text = read(`${folder}/config.ts`);
  const shared = text.includes('...rateLimitVariables(')
    ? read('packages/service-kit/src/credentials/rate-limit.ts')
    : '';
  return text + shared;
}

describe.each(workloads)('$name, compared with Compose', ({ component, container }) => {
  const [compose] = counterpartsOf(component);
  const withImage = counterpartsOf(component).find(({ image }) => image !== undefined);
  const target = targetOf(withImage?.image ?? '');
  const reasons = allowedDifferences[component] ?? {};

  it('runs the same image', () => {
    expect(`${container.image}:latest`).toBe(withDefaults(withImage?.image ?? ''));
  });

  it('listens on the port the image exposes', () => {
    expect(container.ports.map(({ containerPort }) => containerPort)).toEqual(exposedPorts(target));
  });

  it('has the same memory limit', () => {
    expect(container.resources.limits.memory).toBe(compose?.mem_limit?.replace(/m$/, 'Mi'));
  });

  it('has the same variables except for the listed differences', () => {
    const inCompose = Object.entries(compose?.environment ?? {})
      .map(([name, value]) => [name, withDefaults(value)])
      // Compose cannot leave a variable out: empty means unset.
      .filter(([, value]) => value !== '');
    const inManifest = container.env.map(({ name, value }) => [name, value]);
    const without = (variables: (string | undefined)[][]) =>
      Object.fromEntries(variables.filter(([name = '']) => !(name in reasons)));
    expect(without(inManifest)).toEqual(without(inCompose));
  });

  it('lists only differences that exist', () => {
    const inCompose = Object.entries(compose?.environment ?? {}).map(
      ([name, value]) => `${name}=${withDefaults(value)}`,
    );
    const inManifest = container.env.map(({ name, value }) => `${name}=${value}`);
    const names = [...container.env.map(({ name }) => name), ...Object.keys(compose?.environment ?? {})];
    for (const name of Object.keys(reasons)) expect(names).toContain(name);
    expect(
      inManifest.filter((line) => inCompose.includes(line) && (line.split('=')[0] ?? '') in reasons),
    ).toEqual([]);
  });

  it('sets only variables that the service reads', () => {
    const text = readConfig(target);
    const usedByOthers = container.env.flatMap(({ value = '' }) =>
      [...value.matchAll(/\$\(([A-Z_]+)\)/g)].map(([, name]) => name),
    );
    const unread = container.env
      .map(({ name }) => name.replace(/_FILE$/, ''))
      .filter((name) => name !== 'LOG_LEVEL' && !usedByOthers.includes(name))
      .filter((name) => !new RegExp(`^ +${name}: `, 'm').test(text));
    expect(unread).toEqual([]);
  });
});
