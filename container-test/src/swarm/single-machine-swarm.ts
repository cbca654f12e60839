import { z } from 'zod';
import { type Docker, linesOf } from '../docker/command.ts';
import type { Removable } from '../docker/removal.ts';

/** The labels by which the stack places services on the machine that has their disk. */
const labels = ['node1', 'node2', 'node3', 'monitoring'].map((name) => `gridclock.${name}`);

const stateSchema = z.object({
  LocalNodeState: z.string(),
  ControlAvailable: z.boolean(),
  NodeID: z.string(),
});

const labelsSchema = z.record(z.string(), z.string());

/**
 * Turns the engine into a swarm unless it is one, and adds the stack's labels to its machine.
 * Removal undoes exactly these changes.
 *
 * @throws Error if the swarm has other machines, which lack the images
 */
export async function enterSwarm(docker: Docker): Promise<Removable> {
  const readState = async () =>
    stateSchema.parse(JSON.parse(await docker('info', '--format', '{{json .Swarm}}')));
  const joined = (await readState()).LocalNodeState === 'inactive';
  // The loopback address suffices for one machine, and no other can join there.
  if (joined) await docker('swarm', 'init', '--advertise-addr', '127.0.0.1');
  const { ControlAvailable, NodeID } = await readState();
  const machines = ControlAvailable ? linesOf(await docker('node', 'ls', '--quiet')).length : 0;
  if (machines !== 1) {
    throw new Error(
      'the engine belongs to a swarm with other machines; run the test on an engine outside it',
    );
  }
  const readLabels = async () =>
    labelsSchema.parse(
      JSON.parse(await docker('node', 'inspect', NodeID, '--format', '{{json .Spec.Labels}}')),
    );
  const present = await readLabels();
  const added = labels.filter((label) => present[label] === undefined);
  for (const label of added) await docker('node', 'update', '--label-add', `${label}=true`, NodeID);
  return {
    name: joined ? 'the swarm' : "the swarm's labels",
    async remove() {
      if (joined) await docker('swarm', 'leave', '--force');
      else for (const label of added) await docker('node', 'update', '--label-rm', label, NodeID);
    },
    async leftovers() {
      if (joined) return (await readState()).LocalNodeState === 'inactive' ? [] : ['a swarm'];
      const remaining = await readLabels();
      return added.filter((label) => remaining[label] !== undefined);
    },
  };
}
