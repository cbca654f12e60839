import type { Checks } from '../report/checks.ts';
import { createProject, type Project, type ProjectOptions } from './project.ts';
import { withRemoval } from './with-removal.ts';

/** Lets `body` use a project of its own, and then removes all that it made. */
export async function withProject(
  checks: Checks,
  options: ProjectOptions,
  body: (project: Project) => Promise<void>,
): Promise<void> {
  const project = await createProject(options, checks.interrupted);
  const { name, remove, left } = project;
  await withRemoval(checks, { name, remove, left }, () => body(project));
}
