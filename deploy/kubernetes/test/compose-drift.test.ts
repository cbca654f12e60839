import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { counterpartsOf, withDefaults } from './compose-services.ts';
import { MANIFESTS, readFolder } from './read-manifests.ts';
import { workloadsOf } from './workloads.ts';

const root = new URL('../../../', import.meta.url);
const read = (path: string) => readFileSync(new URL(path, root), 'utf8');

const workloads = ['base', 'load-test'].flatMap((folder) =>
  workloadsOf(readFolder(`${MANIFESTS}/${folder}`)),
);

/** Variables that are not the same here and in Compose, and why; all others are. */
const differs: Record<string, Record<string, string>> = {
  store: {
    NODE_ID: 'the name of the pod',
    PEERS: 'the names of the pods',
    ADVERTISE_URL: 'nodes beyond the third join',
    DATA_DIR: "the image's own",
    PEER_WAIT_MS: 'machines get ready at different times',
    FAULTS: 'anyone else could reach the nodes',
    CLUSTER_TOKEN_FILE: 'from a secret',
  },
  substation: {
    SUBSTATION_ID: 'the name of the pod',
    DRAIN_MS: 'sessions end before the pod',
    ADMIN_TOKEN_FILE: 'from a secret',
  },
  'load-balancer': {
    NAMESPACE: 'for the name below',
    SUBSTATION_DNS: 'the name of the service, in full',
    ADMIN_TOKEN_FILE: 'from a secret',
  },
  'charge-request-service': { LOAD_BALANCER_URL: 'names have no underscores here' },
  'load-tester': {
    CHARGE_REQUEST_URL: 'names have no underscores here',
    LOAD_BALANCER_URL: 'names have no underscores here',
  },
};

/** The service's own sources, where it reads its variables, and its Dockerfile. */
function sourcesOf(dockerfile: string): { image: string; text: string } {
  const folder = dockerfile.replace(/\/Dockerfile$/, '');
  const file =
    folder === 'vector-clock-kv-store'
      ? 'src/config.ts'
      : folder.endsWith('load_balancer')
        ? 'main.ts'
        : 'config.ts';
  const text = read(`${folder}/${file}`);
  const shared = text.includes('...rateLimitVariables(')
    ? read('packages/service-kit/src/rate-limit.ts')
    : '';
  return { image: read(dockerfile), text: text + shared };
}

describe.each(workloads)('$name, beside the compose files', ({ component, container }) => {
  const [compose] = counterpartsOf(component);
  const named = counterpartsOf(component).find(({ image }) => image !== undefined);
  const dockerfile = compose?.build?.dockerfile ?? '';
  const reasons = differs[component] ?? {};

  it('runs the same image', () => {
    expect(`${container.image}:latest`).toBe(withDefaults(named?.image ?? ''));
  });

  it('listens where the image says', () => {
    const exposed = [...sourcesOf(dockerfile).image.matchAll(/^EXPOSE (\d+)$/gm)].map(([, port]) =>
      Number(port),
    );
    expect(container.ports.map(({ containerPort }) => containerPort)).toEqual(exposed);
  });

  it('has the same limit of memory', () => {
    expect(container.resources.limits.memory).toBe(compose?.mem_limit?.replace(/m$/, 'Mi'));
  });

  it('has the same variables, but for those that differ for a reason', () => {
    const there = Object.entries(compose?.environment ?? {})
      .map(([name, value]) => [name, withDefaults(value)])
      // An empty variable is one that is not set; a trace that is off is the default.
      .filter(([name, value]) => value !== '' && !(name === 'TRACE' && value === '0'));
    const here = container.env.map(({ name, value }) => [name, value]);
    const without = (variables: (string | undefined)[][]) =>
      Object.fromEntries(variables.filter(([name = '']) => !(name in reasons)));
    expect(without(here)).toEqual(without(there));
  });

  it('differs in nothing that is the same after all', () => {
    const there = Object.entries(compose?.environment ?? {}).map(
      ([name, value]) => `${name}=${withDefaults(value)}`,
    );
    const here = container.env.map(({ name, value }) => `${name}=${value}`);
    const names = [...container.env.map(({ name }) => name), ...Object.keys(compose?.environment ?? {})];
    for (const name of Object.keys(reasons)) expect(names).toContain(name);
    expect(here.filter((line) => there.includes(line) && (line.split('=')[0] ?? '') in reasons)).toEqual([]);
  });

  it('is given only variables that it reads', () => {
    const { text } = sourcesOf(dockerfile);
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
