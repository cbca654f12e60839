import type { Address, RunningSuite } from './getting-started.ts';

type Environment = Readonly<Record<string, string | undefined>>;

const SECURE = 'docker compose -f docker-compose.secure.yml';

/** The addresses of a suite in Compose, by the variables that its compose files read for ports and names. */
export function composeSuite(environment: Environment, grafanaUp: boolean): RunningSuite {
  const isSecure = environment.STORE_HTTPS_PORT !== undefined;
  const addresses = isSecure ? secure(environment) : plain(environment);
  return {
    addresses: grafanaUp ? [...addresses, grafana(environment)] : addresses,
    next: isSecure
      ? // The other scenarios inject faults, which the secure file forbids.
        ['client original chain', 'load_tester'].map((command) => `${SECURE} run --rm ${command}`)
      : ['client', 'load_tester'].map((command) => `docker compose run --rm ${command}`),
    stop: 'Ctrl-C stops everything. If you started with -d, run `docker compose down`.',
  };
}

function plain(environment: Environment): Address[] {
  const at = (name: string, port: string | undefined) => ({ name, url: local(environment, port) });
  return [
    { name: 'store, live', url: `${local(environment, environment.NODE1_PORT)}/ui`, isPage: true },
    { name: 'grid, live', url: `${local(environment, environment.CHARGE_REQUEST_PORT)}/ui`, isPage: true },
    at('node1', environment.NODE1_PORT),
    at('node2', environment.NODE2_PORT),
    at('node3', environment.NODE3_PORT),
    at('charge_request_service', environment.CHARGE_REQUEST_PORT),
    at('load_balancer', environment.LOAD_BALANCER_PORT),
    { ...at('prometheus', environment.PROMETHEUS_PORT), isPage: true },
  ];
}

/** Behind TLS: each suite has one address, the store's with a token. */
function secure(environment: Environment): Address[] {
  const https = (domain = 'localhost', port = '443') =>
    `https://${domain}${port === '443' ? '' : `:${port}`}`;
  return [
    {
      name: 'store',
      url: https(environment.STORE_DOMAIN, environment.STORE_HTTPS_PORT),
      note: 'send the token in STORE_CLIENT_TOKEN_FILE as a bearer token',
    },
    { name: 'charging', url: https(environment.GRID_DOMAIN, environment.HTTPS_PORT) },
    { name: 'prometheus', url: local(environment, environment.PROMETHEUS_PORT), isPage: true },
  ];
}

function grafana(environment: Environment): Address {
  const user = environment.GRAFANA_ADMIN_USER ?? 'admin';
  // Never log a chosen password.
  const password = environment.GRAFANA_ADMIN_PASSWORD === 'admin' ? 'admin' : 'GRAFANA_ADMIN_PASSWORD';
  return {
    name: 'grafana',
    url: local(environment, environment.GRAFANA_PORT),
    isPage: true,
    note: `sign in as ${user} with ${password}`,
  };
}

/** Ports published on every address or on loopback are named as a person types them. */
function local({ BIND_ADDRESS = '127.0.0.1' }: Environment, port = ''): string {
  const host = ['127.0.0.1', '0.0.0.0', '::', '::1', ''].includes(BIND_ADDRESS) ? 'localhost' : BIND_ADDRESS;
  return `http://${host}:${port}`;
}
