import type { Router } from './router.ts';

/**
 * The way of the system that this suite ports: the lowest load at the last poll, whatever was sent since, and
 * no second try.
 */
export function originalRouter(ids: readonly string[]): Router {
  const polledLoads = new Map(ids.map((id) => [id, 0]));
  return {
    polled: (id, { load }) => void polledLoads.set(id, load),
    *order() {
      let favourite: string | undefined;
      let lowest = Number.POSITIVE_INFINITY;
      for (const [id, load] of polledLoads) {
        if (load >= lowest) continue;
        favourite = id;
        lowest = load;
      }
      if (favourite !== undefined) yield favourite;
    },
    sent: () => () => {},
  };
}
