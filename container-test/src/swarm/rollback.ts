import { z } from 'zod';
import type { Stack } from './stack.ts';

const inspected = z.tuple([z.object({ Config: z.object({ Image: z.string() }) })]);

/**
 * Gives a service an image that is never healthy, and sees that Swarm goes back to the former one by itself. The
 * state that Swarm tells of the update is not asked: tidying up after a rollback counts as an update again.
 */
export async function expectRollback(stack: Stack, name: string, failing: string): Promise<string> {
  const service = stack.service(name);
  const image = () =>
    stack.docker('service', 'inspect', '--format', '{{.Spec.TaskTemplate.ContainerSpec.Image}}', service);
  const former = await image();
  const update = ['--detach=false', '--quiet', '--no-resolve-image', '--image', failing];
  await stack.docker('service', 'update', ...update, service);
  await stack.converged();
  if ((await image()) !== former) throw new Error(`the image is ${await image()}`);
  const tasks = await stack.docker('service', 'ps', '--format', '{{.Image}}', service);
  if (!tasks.split('\n').includes(failing)) throw new Error(`the image was never tried: ${tasks}`);
  const running = await Promise.all(
    (await stack.containers(name)).map(async ({ id }) => {
      const [{ Config }] = inspected.parse(JSON.parse(await stack.docker('inspect', id)));
      return Config.Image;
    }),
  );
  if (running.some((own) => own !== former)) throw new Error(`there run ${running.join(', ')}`);
  return `${running.length} tasks run the former one`;
}
