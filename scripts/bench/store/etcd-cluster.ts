import { join } from 'node:path';
import { createTemporaryDirectory, freePort } from '@gridclock/local-service';
import { z } from 'zod';
import { startProgram, untilReady } from '../compare/start-program.ts';

const statusSchema = z.object({ header: z.object({ member_id: z.string() }), leader: z.string() });

/** A cluster of etcd, with default settings and one disk for all, as the store's. */
export type EtcdCluster = { leader: string; directory: string; close: () => Promise<void> };

/** Starts nodes of etcd. Resolves once one of them leads. */
export async function startEtcd(count: number): Promise<EtcdCluster> {
  const directory = await createTemporaryDirectory();
  const members = await Promise.all(
    Array.from({ length: count }, async (_, index) => ({
      name: `etcd${index + 1}`,
      client: `http://127.0.0.1:${await freePort()}`,
      peer: `http://127.0.0.1:${await freePort()}`,
    })),
  );
  const programs = members.map(({ client, name, peer }) =>
    startProgram('etcd', [
      `--name=${name}`,
      `--data-dir=${join(directory.path, name)}`,
      `--listen-client-urls=${client}`,
      `--advertise-client-urls=${client}`,
      `--listen-peer-urls=${peer}`,
      `--initial-advertise-peer-urls=${peer}`,
      `--initial-cluster=${members.map((member) => `${member.name}=${member.peer}`).join(',')}`,
      '--log-level=error',
    ]),
  );
  const close = async () => {
    await Promise.all(programs.map((program) => program.stop()));
    await directory.remove();
  };
  try {
    const leader = await untilReady('etcd', async () => {
      for (const { client } of members) {
        const response = await fetch(`${client}/v3/maintenance/status`, { method: 'POST', body: '{}' });
        const { header, leader } = statusSchema.parse(await response.json());
        if (leader === header.member_id) return client;
      }
      return undefined;
    });
    return { leader, directory: directory.path, close };
  } catch (error) {
    await close();
    throw error;
  }
}
