import type { Router } from './router.ts';

/** Routes as the original system: to the lowest load at the last poll, ignoring later requests, without failover. */
export function originalRouter(ids: readonly string[]): Router {
  const polledLoads = new Map(ids.map((id) => [id, 0]));
  return {
    recordPoll: (id, { load }) => void polledLoads.set(id, load),
    *candidates() {
      let leastLoaded: string | undefined;
      let lowest = Number.POSITIVE_INFINITY;
      for (const [id, load] of polledLoads) {
        if (load >= lowest) continue;
        leastLoaded = id;
        lowest = load;
      }
      if (leastLoaded !== undefined) yield leastLoaded;
    },
    recordDispatch: () => () => {},
  };
}
