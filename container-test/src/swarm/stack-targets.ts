import type { Stack } from './stack.ts';

/** The targets that Prometheus scrapes in a stack, as `job/instance`. */
export async function stackTargets(stack: Stack): Promise<string[]> {
  return [
    'load_balancer/load_balancer',
    'prometheus/localhost',
    ...['node1', 'node2', 'node3'].map((node) => `vector_clock_kv_store/${node}`),
    ...(await taskAddresses(stack, 'substation', 'power')).map((address) => `substation/${address}`),
    ...(await taskAddresses(stack, 'charge_request_service', 'entry')).map(
      (address) => `charge_request_service/${address}`,
    ),
  ];
}

/** The addresses of a service's tasks on one of the stack's networks. */
async function taskAddresses(stack: Stack, service: string, network: string): Promise<string[]> {
  const tasks = await stack.inspect(service);
  return tasks.map(
    ({ networks }) => networks.find(({ name }) => name === stack.service(network))?.address ?? '',
  );
}
