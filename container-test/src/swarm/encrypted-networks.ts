import { z } from 'zod';
import type { Stack } from './stack.ts';

const networks = z.array(z.object({ Name: z.string(), Options: z.record(z.string(), z.string()) }));

/** @throws Error naming every network of the stack that lets another machine's traffic pass in the clear */
export async function expectEncryptedNetworks({ docker, name }: Stack): Promise<string> {
  const filter = `label=com.docker.stack.namespace=${name}`;
  const ids = (await docker('network', 'ls', '--quiet', '--filter', filter)).split('\n');
  const found = networks.parse(JSON.parse(await docker('network', 'inspect', ...ids)));
  const clear = found.filter(({ Options }) => Options.encrypted === undefined);
  if (clear.length > 0) throw new Error(clear.map(({ Name }) => `${Name} is not encrypted`).join(', '));
  return `${found.length} networks`;
}
