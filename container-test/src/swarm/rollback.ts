import { linesOf } from '../docker/command.ts';
import type { Stack } from './stack.ts';

/**
 * Updates a service to an image that never becomes healthy, and checks that Swarm rolls back by itself.
 *
 * Swarm's own update state is not checked: it reports the cleanup after a rollback as another update.
 */
export async function expectRollback(stack: Stack, name: string, failing: string): Promise<string> {
  const service = stack.service(name);
  const readImage = () =>
    stack.docker('service', 'inspect', '--format', '{{.Spec.TaskTemplate.ContainerSpec.Image}}', service);
  const previous = await readImage();
  const update = ['--detach=false', '--quiet', '--no-resolve-image', '--image', failing];
  // The stack's times take 45 s. A start period of 0 would count as unset.
  const times = [
    '--health-interval=1s',
    '--health-timeout=1s',
    '--health-start-period=1ms',
    '--health-retries=1',
  ];
  await stack.docker('service', 'update', ...update, ...times, service);
  await stack.converged();
  const current = await readImage();
  if (current !== previous) throw new Error(`the service's image is ${current}, not ${previous}`);
  const tried = await stack.docker('service', 'ps', '--format', '{{.Image}}', service);
  if (!linesOf(tried).includes(failing)) throw new Error(`Swarm never tried the failing image: ${tried}`);
  const running = (await stack.inspect(name)).map(({ imageName }) => imageName);
  if (running.some((image) => image !== previous)) {
    throw new Error(`running tasks have the images ${running.join(', ')}`);
  }
  return `${running.length} tasks run the previous image`;
}
