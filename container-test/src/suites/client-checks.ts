import { readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { linesOf } from '../docker/command.ts';
import type { Project } from '../docker/project.ts';
import type { Checks } from '../report/checks.ts';

/** Runs the client's image beside the nodes: all scenarios, and what it writes into the mounted folder. */
export async function checkClient(checks: Checks, project: Project, root: string): Promise<void> {
  const client = (...args: string[]) => project.compose('run', '--rm', '-T', 'client', ...args);

  await checks.check("the client's scenarios pass in the stack, without Node.js on the host", async () =>
    linesOf(await client()).at(-1),
  );

  await checks.check("the client writes reports into ./out, as the folder's owner", async () => {
    const folder = join(root, 'out');
    const owner = (await stat(folder)).uid;
    const names = { html: `${project.name}.html`, log: `${project.name}.log` };
    const paths = Object.values(names).map((name) => join(folder, name));
    try {
      await client('out-of-order', '--report', names.html, '--shiviz', names.log);
      for (const path of paths) {
        const { size, uid } = await stat(path);
        if (size === 0) throw new Error(`${path} is empty`);
        if (uid !== owner) throw new Error(`${path} belongs to user ${uid} instead of ${owner}`);
      }
      const page = await readFile(join(folder, names.html), 'utf8');
      if (!page.includes('<svg')) throw new Error(`${names.html} has no diagram`);
      return `${page.length} characters of HTML`;
    } finally {
      await Promise.all(paths.map((path) => rm(path, { force: true })));
    }
  });
}
