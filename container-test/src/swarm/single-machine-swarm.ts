import { z } from 'zod';
import type { Project } from '../docker/project.ts';
import type { Removable } from '../docker/with-removal.ts';

/** The labels by which the stack finds the machine that has a disk. */
const labels = ['node1', 'node2', 'node3', 'monitoring'].map((name) => `gridclock.${name}`);

const info = z.object({ LocalNodeState: z.string(), ControlAvailable: z.boolean(), NodeID: z.string() });

/**
 * Makes the engine a swarm when it is in none, and gives its machine the stack's labels. Removing that undoes
 * what was done here, and nothing else.
 *
 * @throws Error when the engine is in a swarm with other machines, which do not have the images
 */
export async function enterSwarm({ docker }: Pick<Project, 'docker'>): Promise<Removable> {
  const state = async () => info.parse(JSON.parse(await docker('info', '--format', '{{json .Swarm}}')));
  const joined = (await state()).LocalNodeState === 'inactive';
  // The loopback address is enough for one machine, and nobody else can join there.
  if (joined) await docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
  const { ControlAvailable, NodeID } = await state();
  const machines = ControlAvailable ? (await docker('node', 'ls', '--quiet')).split('\n').length : 0;
  if (machines !== 1) throw new Error('the engine belongs to a swarm with other machines');
  const labelled = async () =>
    z
      .record(z.string(), z.string())
      .parse(JSON.parse(await docker('node', 'inspect', NodeID, '--format', '{{json .Spec.Labels}}')));
  const present = await labelled();
  const added = labels.filter((label) => present[label] === undefined);
  for (const label of added) await docker('node', 'update', '--label-add', `${label}=true`, NodeID);
  return {
    name: joined ? 'the swarm' : "the swarm's labels",
    async remove() {
      if (joined) await docker('swarm', 'leave', '--force');
      else for (const label of added) await docker('node', 'update', '--label-rm', label, NodeID);
    },
    async left() {
      if (joined) return (await state()).LocalNodeState === 'inactive' ? [] : ['a swarm'];
      const still = await labelled();
      return added.filter((label) => still[label] !== undefined);
    },
  };
}
