import type { Checks } from './checks.ts';
import { createProject, type Project, type ProjectOptions } from './project.ts';

/** Lets `body` use a project of its own, and then, or when the run is interrupted, removes all that it made. */
export async function withProject(
  checks: Checks,
  options: ProjectOptions,
  body: (project: Project) => Promise<void>,
): Promise<void> {
  const project = await createProject(options);
  const removeOnSignal = () => void project.remove().finally(() => process.exit(1));
  process.once('SIGINT', removeOnSignal);
  process.once('SIGTERM', removeOnSignal);
  try {
    await body(project);
  } finally {
    await checks.check(`nothing is left of ${project.name}`, () => removeWhole(project));
    process.off('SIGINT', removeOnSignal);
    process.off('SIGTERM', removeOnSignal);
  }
}

async function removeWhole(project: Project): Promise<undefined> {
  await project.remove();
  const label = `label=com.docker.compose.project=${project.name}`;
  const kinds = ['container', 'volume', 'network'];
  const left = await Promise.all(
    kinds.map((kind) => project.docker(kind, 'ls', '--quiet', '--filter', label)),
  );
  if (left.some((ids) => ids !== '')) throw new Error(left.join(' '));
  return undefined;
}
