import { type Docker, linesOf } from '../docker/command.ts';
import type { Removable } from '../docker/removal.ts';

/** Notes which images the engine has under the manifests' names; removal restores exactly these. */
export async function keepImages(docker: Docker): Promise<Removable> {
  const read = async () => {
    const format = '{{.Repository}}:{{.Tag}} {{.ID}}';
    const lines = linesOf(
      await docker('image', 'ls', '--filter', 'reference=gridclock/*', '--format', format),
    );
    return new Map(lines.map((line) => line.split(' ') as [string, string]));
  };
  const before = await read();
  const changed = async () => [...(await read())].filter(([name, id]) => before.get(name) !== id);
  return {
    name: 'the images',
    async remove() {
      for (const [name] of await changed()) {
        const id = before.get(name);
        await (id === undefined ? docker('image', 'rm', name) : docker('tag', id, name));
      }
    },
    leftovers: async () => (await changed()).map(([name]) => name),
  };
}
