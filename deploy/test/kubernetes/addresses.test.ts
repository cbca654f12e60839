import { describe, expect, it } from 'vitest';
import { parsePeers } from '../../../vector-clock-kv-store/src/membership/parse-peers.ts';
import { MANIFESTS, readFolder } from '../support/manifests.ts';
import { servicesOf, workloadsOf } from '../support/workloads.ts';

const base = readFolder(`${MANIFESTS}/base`);
const workloads = workloadsOf([...base, ...readFolder(`${MANIFESTS}/load-test`)]);
const services = servicesOf(base);
const variableOf = (component: string, variable: string) =>
  workloads.find((one) => one.component === component)?.container.env.find(({ name }) => name === variable)
    ?.value ?? '';

describe('the store nodes', () => {
  const store = workloads.find(({ component }) => component === 'store');
  const replicas = Array.from({ length: store?.replicas ?? 0 }, (_, index) => `store-${index}`);
  const addressOf = (pod: string) => `http://${pod}.${store?.serviceName}:5000`;

  it('list every other node as a peer', () => {
    for (const self of replicas)
      expect(parsePeers(self, variableOf('store', 'PEERS'))).toEqual(
        replicas.filter((pod) => pod !== self).map((pod) => ({ id: pod, url: addressOf(pod) })),
      );
  });

  it('give a fourth node peers to join through and an address to advertise', () => {
    expect(parsePeers('store-3', variableOf('store', 'PEERS')).map(({ id }) => id)).toEqual(replicas);
    expect(variableOf('store', 'ADVERTISE_URL').replace('$(NODE_ID)', 'store-3')).toBe(addressOf('store-3'));
  });
});

describe('an address variable', () => {
  const urls = ['charge-request-service', 'load-tester'].flatMap((component) =>
    ['CHARGE_REQUEST_URL', 'LOAD_BALANCER_URL']
      .map((name) => variableOf(component, name))
      .filter((url) => url !== ''),
  );

  it.each(urls)('%s names a Service and its port', (url) => {
    const { hostname, port } = new URL(url);
    const found = services.find(({ metadata }) => metadata.name === hostname);
    expect(found?.spec.ports.map((one) => String(one.port))).toEqual([port]);
  });

  it('SUBSTATION_DNS is the full name of the headless substation Service', () => {
    const [name = '', ...domain] = variableOf('load-balancer', 'SUBSTATION_DNS').split('.');
    // The balancer's DNS lookup uses no search list.
    expect(domain).toEqual(['$(NAMESPACE)', 'svc', 'cluster', 'local']);
    expect(services.find(({ metadata }) => metadata.name === name)?.spec).toMatchObject({
      clusterIP: 'None',
      selector: { 'app.kubernetes.io/component': 'substation' },
    });
  });
});
