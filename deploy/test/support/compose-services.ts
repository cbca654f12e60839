import { readCompose } from './compose-files.ts';

const grid = readCompose('smart-grid-load-balancer').services;
const store = readCompose('vector-clock-kv-store').services;

const composeServices = { ...grid, ...store };

/** Compose services by Kubernetes component. The first is the one to compare with. */
const counterparts: Record<string, readonly [string, ...string[]]> = {
  store: ['node1', 'node2', 'node3'],
  // The pool comes first: like the Kubernetes replicas, its substations are all alike.
  substation: ['substation', 'substation_1', 'substation_2', 'substation_3'],
  'load-balancer': ['load_balancer'],
  'charge-request-service': ['charge_request_service'],
  'load-tester': ['load_tester'],
  prometheus: ['prometheus'],
};

/** Returns the Compose services that match a component. @throws Error if one does not exist */
export function counterpartsOf(component: string) {
  return (counterparts[component] ?? []).map((name) => {
    const service = composeServices[name];
    if (service === undefined) throw new Error(`${component}: the compose files have no service ${name}`);
    return service;
  });
}

/** Returns the Dockerfile target that an image is built from. @throws Error if no service builds it */
export function targetOf(image: string): string {
  const target = Object.values(composeServices).find((service) => service.image === image && service.build)
    ?.build?.target;
  if (target === undefined) throw new Error(`no Compose service builds ${image}`);
  return target;
}

/** Replaces every `${NAME:-default}` in a Compose value by its default. */
export function withDefaults(value: string | number): string {
  return String(value).replaceAll(/\$\{[A-Z0-9_]+:-([^}]*)\}/g, '$1');
}
