import { readCompose } from '../../../smart-grid-load-balancer/test/support/suite-files.ts';

const grid = readCompose('smart-grid-load-balancer').services;
const store = readCompose('vector-clock-kv-store').services;

/** The services of both compose files. */
const composeServices = { ...grid, ...store };

/** Which service of the compose files each component is, with the others that run the same. */
const counterparts: Record<string, readonly [string, ...string[]]> = {
  store: ['node1', 'node2', 'node3'],
  // The pool first: its replicas are alike, as in Kubernetes, where the numbered ones have capacities of their own.
  substation: ['substation', 'substation_1', 'substation_2', 'substation_3'],
  'load-balancer': ['load_balancer'],
  'charge-request-service': ['charge_request_service'],
  'load-tester': ['load_tester'],
  prometheus: ['prometheus'],
};

/** The compose files' services that run what a component runs. @throws Error when there is none */
export function counterpartsOf(component: string) {
  return (counterparts[component] ?? []).map((name) => {
    const service = composeServices[name];
    if (service === undefined) throw new Error(`${component}: no service ${name} in the compose files`);
    return service;
  });
}

/** A value of a compose file with every variable at its default, as when nothing is set. */
export function withDefaults(value: string | number): string {
  return String(value).replaceAll(/\$\{[A-Z0-9_]+:-([^}]*)\}/g, '$1');
}
