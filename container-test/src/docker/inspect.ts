import { z } from 'zod';
import type { Project } from './project.ts';

const inspected = z.object({
  Id: z.string(),
  Image: z.string(),
  State: z.object({ Running: z.boolean(), StartedAt: z.string() }),
  NetworkSettings: z.object({
    Networks: z.record(z.string(), z.object({ Aliases: z.array(z.string()).nullable() })),
  }),
});

/** A container as a strike finds it, so that all can be put back afterwards. */
export type Standing = {
  id: string;
  /** The image's id. */
  image: string;
  running: boolean;
  /** When it was started last, ISO 8601. */
  startedAt: string;
  /** Under which names it is found on each network. */
  networks: { name: string; aliases: string[] }[];
};

/** What the engine says of one container. */
export async function standingOf(docker: Project['docker'], id: string): Promise<Standing> {
  const [container] = z.array(inspected).parse(JSON.parse(await docker('inspect', id)));
  if (container === undefined) throw new Error(`there is no container ${id}`);
  const { Id, Image, NetworkSettings, State } = container;
  return {
    id: Id,
    image: Image,
    running: State.Running,
    startedAt: State.StartedAt,
    networks: Object.entries(NetworkSettings.Networks).map(([name, { Aliases }]) => ({
      name,
      // The engine adds a name of its own, made from the id.
      aliases: (Aliases ?? []).filter((alias) => !Id.startsWith(alias)),
    })),
  };
}
