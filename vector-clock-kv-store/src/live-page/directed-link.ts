import type { ShownLink } from '../live/node-view.ts';

/** A link, from the node that sends on it. */
export type DirectedLink = ShownLink & { from: string };
