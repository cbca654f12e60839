import { readFile } from 'node:fs/promises';
import type { Docker } from '../docker/command.ts';
import { type ContainerSnapshot, inspectContainer } from '../docker/inspect.ts';

/** A container that only occupies an address exits by itself after this time, in seconds. */
const OCCUPY_S = 60;

/**
 * Moves a container to other addresses in its networks. Its connections are dead: packets to the old addresses are
 * lost, and the peers receive no reset.
 */
export async function readdress(docker: Docker, { id, imageId, networks }: ContainerSnapshot): Promise<void> {
  for (const { aliases, name } of networks) {
    await docker('network', 'disconnect', name, id);
    // Takes the free address, which is usually the old one, so that the container gets another.
    const occupier = await runBeside(docker, imageId, name, `setTimeout(() => {}, ${OCCUPY_S * 1_000})`);
    try {
      await connect(docker, id, name, aliases);
    } finally {
      await docker('rm', '--force', occupier);
    }
  }
}

/**
 * Puts a proxy in front of a container that forwards all but charges. It takes the container's aliases, so that the
 * others find it under the same names.
 *
 * @returns the proxy's container ids
 */
export async function insertGrayProxies(docker: Docker, container: ContainerSnapshot): Promise<string[]> {
  const { id, imageId, networks } = container;
  const script = await readFile(new URL('./gray-proxy.mjs', import.meta.url), 'utf8');
  const proxies: string[] = [];
  for (const { aliases, name } of networks) {
    await docker('network', 'disconnect', name, id);
    await connect(docker, id, name, []);
    const current = (await inspectContainer(docker, id)).networks.find((network) => network.name === name);
    const target = `TARGET=http://${current?.address}:8001`;
    proxies.push(await runBeside(docker, imageId, name, script, aliases, ['--env', target]));
  }
  return proxies;
}

/** Removes the proxies and gives the container its aliases back. */
export async function removeGrayProxies(
  docker: Docker,
  proxies: readonly string[],
  { id, networks }: ContainerSnapshot,
): Promise<void> {
  for (const proxy of proxies) await docker('rm', '--force', proxy);
  for (const { aliases, name } of networks) {
    await docker('network', 'disconnect', name, id);
    await connect(docker, id, name, aliases);
  }
}

async function connect(
  docker: Docker,
  id: string,
  network: string,
  aliases: readonly string[],
): Promise<void> {
  const args = aliases.flatMap((alias) => ['--alias', alias]);
  await docker('network', 'connect', ...args, network, id);
}

/** Runs a script in a new container of the image in the network. Resolves to its id. */
async function runBeside(
  docker: Docker,
  imageId: string,
  network: string,
  script: string,
  aliases: readonly string[] = [],
  options: readonly string[] = [],
): Promise<string> {
  const names = aliases.flatMap((alias) => ['--network-alias', alias]);
  const args = ['run', '--detach', '--rm', '--no-healthcheck', '--network', network, ...names, ...options];
  return docker(...args, '--entrypoint', 'node', imageId, '--input-type=module', '--eval', script);
}
