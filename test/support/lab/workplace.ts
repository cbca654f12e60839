import { cp, readFile, symlink, writeFile } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createTemporaryDirectory } from '@gridclock/local-service';
import type { Edit } from './exercise.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** What students need of the clone. `node_modules` is linked, not copied. */
const PARTS = ['packages', 'scripts', 'smart-grid-load-balancer', 'vector-clock-kv-store'];

/** A student's copy of the repository, whose files may be changed. */
export class Workplace {
  readonly path: string;
  readonly remove: () => Promise<void>;

  private constructor(path: string, remove: () => Promise<void>) {
    this.path = path;
    this.remove = remove;
  }

  static async create(): Promise<Workplace> {
    const { path, remove } = await createTemporaryDirectory();
    const filter = (source: string) => !relative(root, source).split(sep).includes('node_modules');
    for (const part of [...PARTS, 'package.json', 'tsconfig.json', 'tsconfig.base.json'])
      await cp(join(root, part), join(path, part), { recursive: true, filter });
    await symlink(join(root, 'node_modules'), join(path, 'node_modules'));
    return new Workplace(path, remove);
  }

  /** Makes a change. @throws Error unless the file has the lines that change, once */
  async edit({ file, before, after }: Edit): Promise<void> {
    const path = join(this.path, file);
    const [start, end, ...more] = (await readFile(path, 'utf8')).split(before);
    if (start === undefined || end === undefined || more.length > 0)
      throw new Error(`${file} must have these lines once:\n${before}`);
    await writeFile(path, `${start}${after}${end}`);
  }

  /** Undoes the changes of a file, as `git restore` does: the copy has no git history. */
  restore(file: string): Promise<void> {
    return cp(join(root, file), join(this.path, file));
  }
}
