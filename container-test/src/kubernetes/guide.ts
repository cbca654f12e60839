import type { Cluster } from './cluster.ts';
import { type GuideCommand, notRun } from './guide-commands.ts';

/** Runs the README's commands as they are written there. */
export type Guide = {
  /** Runs commands one after another and resolves to their output. */
  run: (...names: GuideCommand[]) => Promise<string>;
  /** Runs a `port-forward` command until the signal aborts, and resolves to the local URL. */
  forward: (name: GuideCommand, stopped: AbortSignal) => Promise<string>;
  /** The commands that have not run yet, except those that cannot run here. */
  remaining: () => GuideCommand[];
};

/** @param certificates the folder for certificates, instead of the README's */
export function createGuide(
  cluster: Pick<Cluster, 'forward' | 'loadCommand' | 'run'>,
  commands: Record<GuideCommand, string>,
  certificates = 'secrets/tls',
): Guide {
  const remaining = new Set(Object.keys(commands) as GuideCommand[]);
  for (const name of notRun) remaining.delete(name);
  const take = (name: GuideCommand) => {
    remaining.delete(name);
    return commands[name]
      .replace('kind load docker-image', cluster.loadCommand)
      .replaceAll('secrets/tls', certificates);
  };
  return {
    run: (...names) => cluster.run(names.map(take).join('\n')),
    forward: (name, stopped) => cluster.forward(take(name), stopped),
    remaining: () => [...remaining],
  };
}
