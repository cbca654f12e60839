import { describe, expect, it } from 'vitest';
import { composeSuite } from '../../scripts/guide/compose-suite.ts';
import { formatGettingStarted } from '../../scripts/guide/getting-started.ts';

const ports = {
  BIND_ADDRESS: '127.0.0.1',
  NODE1_PORT: '5001',
  NODE2_PORT: '5002',
  NODE3_PORT: '5003',
  CHARGE_REQUEST_PORT: '8000',
  LOAD_BALANCER_PORT: '8080',
  PROMETHEUS_PORT: '9090',
  GRAFANA_PORT: '3000',
  GRAFANA_ADMIN_USER: 'admin',
  GRAFANA_ADMIN_PASSWORD: 'admin',
};

const urls = (environment: Record<string, string>, grafana = true) =>
  Object.fromEntries(composeSuite(environment, grafana).addresses.map(({ name, url }) => [name, url]));

describe('the guide of a Compose start', () => {
  it('names every address, the sign-in and the next commands', () => {
    expect(formatGettingStarted(composeSuite(ports, true))).toBe(
      [
        'Gridclock is running',
        'Pages:',
        '  store, live             http://localhost:5001/ui',
        '  grid, live              http://localhost:8000/ui',
        '  prometheus              http://localhost:9090',
        '  grafana                 http://localhost:3000  (sign in as admin with admin)',
        'Services:',
        '  node1                   http://localhost:5001',
        '  node2                   http://localhost:5002',
        '  node3                   http://localhost:5003',
        '  charge_request_service  http://localhost:8000',
        '  load_balancer           http://localhost:8080',
        '',
        'Try, in another terminal:',
        '  docker compose run --rm client',
        '  docker compose run --rm load_tester',
        '',
        'Ctrl-C stops everything. If you started with -d, run `docker compose down`.',
      ].join('\n'),
    );
  });

  it('names the ports and the address that are really published', () => {
    expect(urls({ ...ports, NODE1_PORT: '15001', BIND_ADDRESS: '192.0.2.7' }).node1).toBe(
      'http://192.0.2.7:15001',
    );
    expect(urls({ ...ports, BIND_ADDRESS: '0.0.0.0' }).node1).toBe('http://localhost:5001');
  });

  it('never prints a password that was chosen', () => {
    const text = formatGettingStarted(composeSuite({ ...ports, GRAFANA_ADMIN_PASSWORD: 'hunter2' }, true));
    expect(text).not.toContain('hunter2');
    expect(text).toContain('sign in as admin with GRAFANA_ADMIN_PASSWORD');
  });

  it('leaves Grafana out where it does not run', () => {
    expect(urls(ports, false)).not.toHaveProperty('grafana');
  });

  it('names the TLS addresses and the secure file where TLS is in front', () => {
    const secure = {
      ...ports,
      STORE_DOMAIN: 'store.example',
      STORE_HTTPS_PORT: '5443',
      GRID_DOMAIN: 'grid.example',
      HTTPS_PORT: '443',
    };
    expect(urls(secure)).toMatchObject({
      store: 'https://store.example:5443',
      charging: 'https://grid.example',
    });
    expect(urls(secure)).not.toHaveProperty('node1');
    expect(composeSuite(secure, true).next).toEqual([
      'docker compose -f docker-compose.secure.yml run --rm client original chain',
      'docker compose -f docker-compose.secure.yml run --rm load_tester',
    ]);
  });
});
