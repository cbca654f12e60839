import type { Express } from 'express';

/** Lists the routes of an app as `GET /read/{key}`, in alphabetical order. */
export function routesOf(app: Express): string[] {
  return [...new Set(routesIn(app.router))].sort();
}

function* routesIn(router: unknown): Generator<string> {
  if (!hasStack(router)) return;
  for (const layer of router.stack) {
    if (typeof layer !== 'object' || layer === null) continue;
    if ('route' in layer && isRoute(layer.route)) {
      const path = layer.route.path.replaceAll(/:(\w+)/g, '{$1}');
      for (const method of Object.keys(layer.route.methods)) yield `${method.toUpperCase()} ${path}`;
    } else if ('handle' in layer) yield* routesIn(layer.handle);
  }
}

function hasStack(router: unknown): router is { stack: readonly unknown[] } {
  return typeof router === 'function' && 'stack' in router && Array.isArray(router.stack);
}

function isRoute(route: unknown): route is { path: string; methods: object } {
  return (
    typeof route === 'object' &&
    route !== null &&
    'path' in route &&
    typeof route.path === 'string' &&
    'methods' in route &&
    typeof route.methods === 'object'
  );
}
