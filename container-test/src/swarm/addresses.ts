import { z } from 'zod';
import type { Stack } from './stack.ts';

const inspected = z.tuple([
  z.object({
    NetworkSettings: z.object({
      Networks: z.record(z.string(), z.object({ IPAddress: z.string() })),
      Ports: z.record(z.string(), z.array(z.object({ HostPort: z.string() })).nullable()),
    }),
  }),
]);

async function settings({ docker, containers }: Stack, service: string) {
  const all = (await containers(service)).map(async ({ id }) =>
    inspected.parse(JSON.parse(await docker('inspect', id))),
  );
  return (await Promise.all(all)).map(([{ NetworkSettings }]) => NetworkSettings);
}

/** The addresses of a service's tasks on one of the stack's networks. */
export async function addressesOf(stack: Stack, service: string, network: string): Promise<string[]> {
  const tasks = await settings(stack, service);
  return tasks.map(({ Networks }) => Networks[stack.service(network)]?.IPAddress ?? '');
}

/** Where each of a service's tasks is published on this machine. */
export async function publishedUrls(stack: Stack, service: string, port: number): Promise<string[]> {
  const tasks = await settings(stack, service);
  return tasks.map(({ Ports }) => `http://127.0.0.1:${Ports[`${port}/tcp`]?.[0]?.HostPort}`);
}
