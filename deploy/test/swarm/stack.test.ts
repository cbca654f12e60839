import { posix } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type ComposeService, filesUnder, read, readCompose } from '../support/compose-files.ts';
import {
  readEncrypted,
  readStack,
  type StackService,
  stackFolder,
  stackVariables,
} from '../support/stack-files.ts';

const grid = readCompose('smart-grid-load-balancer');
const store = readCompose('vector-clock-kv-store');
const compose = { ...grid.services, ...store.services };
const stack = readStack();

/** The stack runs substations as replicas of Compose's pool, and no load test, client or Alertmanager. */
const composeOnly = [
  'substation_1',
  'substation_2',
  'substation_3',
  'load_tester',
  'client',
  'alertmanager',
  'alert_receiver',
];
const pairs = Object.entries(stack.services).flatMap(([name, service]) => {
  const own = compose[name];
  return own === undefined ? [] : [{ name, service, own }];
});

/** Returns `${name:-value}`, as written in a compose or stack file. */
const variable = (name: string, value: string) => `\${${name}:-${value}}`;

const nodeDifferences = {
  FAULTS: variable('FAULTS', '0'),
  TRACE: variable('TRACE', '0'),
  CLUSTER_TOKEN: undefined,
  CLUSTER_TOKEN_FILE: '/run/secrets/cluster_token',
  PEER_WAIT_MS: '300000',
};
/** The volume of each replica of Compose's pool, where it has no name. */
const poolVolume = 'substation_data';

const adminTokenFile = '/run/secrets/admin_token';

/** Variables whose values differ from Compose; undefined means absent. */
const allowedDifferences: Record<string, Record<string, string | undefined>> = {
  node1: nodeDifferences,
  node2: nodeDifferences,
  node3: nodeDifferences,
  substation: {
    SUBSTATION_ID: 'substation_{{.Task.Slot}}',
    ADMIN_TOKEN: undefined,
    ADMIN_TOKEN_FILE: adminTokenFile,
    DRAIN_MS: variable('DRAIN_MS', '20000'),
  },
  load_balancer: {
    SUBSTATION_DNS: 'tasks.substation',
    ADMIN_TOKEN: undefined,
    ADMIN_TOKEN_FILE: adminTokenFile,
  },
};

/** Rewrites URLs to `tasks.<service>`, the name of a service's tasks. */
const underTasks = (value: string) => value.replaceAll(/http:\/\/(?=[a-z])/g, 'http://tasks.');

describe('the stack', () => {
  it('has exactly the services of both suites', () => {
    const expected = Object.keys(compose).filter((name) => !composeOnly.includes(name));
    expect(Object.keys(stack.services).sort()).toEqual(expected.sort());
  });

  it('has the networks and volumes of both suites', () => {
    expect(Object.keys(stack.networks).sort()).toEqual(
      Object.keys({ ...grid.networks, ...store.networks }).sort(),
    );
    const volumes = Object.keys({ ...grid.volumes, ...store.volumes }).filter(
      (name) => name !== 'alertmanager_data' && !/^substation_\d_data$/.test(name),
    );
    expect(Object.keys(stack.volumes).sort()).toEqual([...volumes, poolVolume].sort());
    // Templates give each replica its own volume.
    expect(stack.volumes[poolVolume]?.name).toBe(
      `${variable('STACK_NAME', 'gridclock')}_substation_{{.Task.Slot}}`,
    );
  });

  it('can encrypt every network', () => {
    const encrypted = Object.keys(stack.networks).map((name) => [name, { encrypted: 'true' }]);
    const options = Object.entries(readEncrypted()).map(([name, { driver_opts }]) => [name, driver_opts]);
    expect(Object.fromEntries(options)).toEqual(Object.fromEntries(encrypted));
  });

  it.each(pairs)('runs the same image for $name as Compose', ({ service, own }) => {
    expect(service.image).toBe(own.image);
  });

  it.each(pairs)('gives $name the same command, networks, rights and limits', ({ service, own }) => {
    for (const key of ['command', 'networks', 'init', 'read_only', 'cap_drop', 'logging'] as const) {
      expect(service[key], key).toEqual(own[key]);
    }
    expect(tmpfsOf(service)).toEqual(own.tmpfs);
    expect(service.deploy.resources.limits.memory).toBe(own.mem_limit);
  });

  it.each(pairs)(
    'gives $name the same environment except for the listed differences',
    ({ name, service, own }) => {
      const expected = Object.entries({
        ...Object.fromEntries(
          Object.entries(own.environment).map(([key, value]) => [key, underTasks(value)]),
        ),
        ...allowedDifferences[name],
      }).filter(([, value]) => value !== undefined);
      expect(service.environment).toEqual(Object.fromEntries(expected));
    },
  );

  it.each(pairs)('publishes $name on the same ports', ({ service, own }) => {
    const published = service.ports.map(({ published, target }) => `${published}:${target}`);
    expect(published).toEqual(
      own.ports.map((port) => port.replace(`${variable('BIND_ADDRESS', '127.0.0.1')}:`, '')),
    );
    expect(service.ports.every(({ mode }) => mode === variable('PUBLISH_MODE', 'ingress'))).toBe(true);
  });

  it.each(pairs)('mounts the same volumes into $name', ({ service, own }) => {
    expect(service.volumes.filter((volume) => typeof volume === 'string')).toEqual(
      own.volumes
        .filter((volume) => !volume.startsWith('.'))
        .map((volume) => (volume.startsWith('/') ? `${poolVolume}:${volume}` : volume)),
    );
  });

  it.each(pairs)('gives $name every file that Compose mounts', ({ service, own }) => {
    const given = service.configs.map(({ source, target }) => {
      const file = stack.configs[source]?.file ?? '';
      return [target, posix.join(stackFolder, file)];
    });
    expect(Object.fromEntries(given)).toEqual(Object.fromEntries(boundFiles(own)));
  });

  it('uses every config and secret, under names that include the stack', () => {
    const services = Object.values(stack.services);
    const used = new Set(services.flatMap(({ configs }) => configs.map(({ source }) => source)));
    expect(Object.keys(stack.configs).sort()).toEqual([...used].sort());
    for (const [key, { name }] of Object.entries(stack.configs)) {
      expect(name).toBe(`${variable('STACK_NAME', 'gridclock')}_${key}_${variable('CONFIG_VERSION', '0')}`);
    }
    expect(Object.keys(stack.secrets).sort()).toEqual(
      [...new Set(services.flatMap(({ secrets }) => secrets))].sort(),
    );
    for (const [key, { name }] of Object.entries(stack.secrets)) {
      // A token that is replaced gets another name.
      const version = key === 'cluster_token' ? variable('CLUSTER_TOKEN_VERSION', '') : '';
      expect(name).toBe(`${variable('STACK_NAME', 'gridclock')}_${key}${version}`);
    }
  });

  it.each(Object.entries(stack.services))(
    'gives %s exactly the secrets it reads',
    (_name, { environment, secrets }) => {
      const files = Object.values(environment).filter((value) => value.startsWith('/run/secrets/'));
      expect(files.map((file) => posix.basename(file))).toEqual(secrets);
    },
  );

  it('documents its variables in its README', () => {
    const readme = read(`${stackFolder}/README.md`);
    const example = read('.env.example');
    const undocumented = stackVariables().filter(
      (name) => !example.includes(`\n${name}=`) && !readme.includes(`\`${name}\``),
    );
    expect([...new Set(undocumented)]).toEqual([]);
  });
});

function tmpfsOf({ volumes }: StackService): string[] {
  return volumes.flatMap((volume) => (typeof volume === 'string' ? [] : [volume.target]));
}

/** Returns target and source of every file that a grid service mounts, with folders expanded. */
function boundFiles({ volumes }: ComposeService): [string, string][] {
  return volumes
    .filter((volume) => volume.startsWith('./'))
    .flatMap((volume) => {
      const [from = '', to = ''] = volume.split(':');
      const source = posix.join('smart-grid-load-balancer', from);
      if (/\.\w+$/.test(from)) return [[to, source] satisfies [string, string]];
      return filesUnder(source)
        .filter((file) => !file.startsWith(`${source}/tests/`))
        .map((file): [string, string] => [posix.join(to, posix.relative(source, file)), inStackFolder(file)]);
    });
}

/** Maps a mounted file to the stack's own version: Prometheus' config, see prometheus.test.ts. */
function inStackFolder(file: string): string {
  return file.endsWith('/prometheus/prometheus.yml') ? `${stackFolder}/prometheus.yml` : file;
}
