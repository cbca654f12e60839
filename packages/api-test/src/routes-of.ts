import type { Express } from 'express';

/**
 * Lists the routes of an app as `GET /read/{key}`, in alphabetical order.
 *
 * @throws Error if a route's path is a pattern, which has no such form
 */
export function routesOf(app: Express): string[] {
  return [...new Set(routesIn(app.router))].sort();
}

function* routesIn(router: unknown): Generator<string> {
  if (!hasStack(router)) return;
  for (const layer of router.stack) {
    if (typeof layer !== 'object' || layer === null) continue;
    if ('route' in layer && isRoute(layer.route)) {
      for (const path of [layer.route.path].flat())
        for (const method of Object.keys(layer.route.methods))
          yield `${method.toUpperCase()} ${documentedPath(path)}`;
    } else if ('handle' in layer) yield* routesIn(layer.handle);
  }
}

function documentedPath(path: unknown): string {
  if (typeof path !== 'string' || /[*(){}]/.test(path)) throw new Error(`the path ${path} is a pattern`);
  return path.replaceAll(/:(\w+)/g, '{$1}');
}

function hasStack(router: unknown): router is { stack: readonly unknown[] } {
  return typeof router === 'function' && 'stack' in router && Array.isArray(router.stack);
}

function isRoute(route: unknown): route is { path: unknown; methods: object } {
  return (
    typeof route === 'object' &&
    route !== null &&
    'path' in route &&
    'methods' in route &&
    typeof route.methods === 'object'
  );
}
