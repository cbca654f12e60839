/** How a process of a local suite is. `starting`: it runs, but is not ready yet. */
export type ServiceState = 'starting' | 'running' | 'paused' | 'stopped';

/**
 * What a page may do to a process. `kill` gives it no time to finish; `pause` stops it until `resume`, as a machine that
 * hangs; `restart` kills it if it runs, and starts it.
 */
export const controlActions = ['kill', 'pause', 'resume', 'restart'] as const;

export type ControlAction = (typeof controlActions)[number];

/** A service that `npm start` runs as a process of this machine. */
export type ControlledService = { name: string; state: ServiceState };

/** Returns what can be done to a process in a state. */
export function actionsIn(state: ServiceState): readonly ControlAction[] {
  const possible: Record<ServiceState, readonly ControlAction[]> = {
    starting: ['kill'],
    running: ['kill', 'pause', 'restart'],
    paused: ['resume', 'kill', 'restart'],
    stopped: ['restart'],
  };
  return possible[state];
}
