import { Router } from 'express';

/**
 * Creates a router that matches paths exactly: `/Sessions` and `/sessions/` are not `/sessions`.
 *
 * A proxy in front decides by the path which requests may pass. What it lets pass must mean the same here.
 */
export function createRouter(): Router {
  // biome-ignore lint/plugin: the one place that may.
  return Router({ caseSensitive: true, strict: true });
}
