import type { Express } from 'express';

/** In this order in `Allow`. */
const METHODS = ['get', 'head', 'post', 'put', 'patch', 'delete'];

/** The part of a router's layer that is read here. `match` sets `path` to the part of the path that matched. */
type Layer = { match: (path: string) => boolean; path?: string; route?: object; handle: object };

/**
 * Returns the methods that an app's routes have for a path, for `Allow`; none if there is no such path.
 *
 * @throws URIError if the path has an invalid escape
 */
export function allowedMethods(app: Express, path: string): string[] {
  // `*` stands for the server as a whole.
  const methods = new Set(path === '*' ? METHODS : methodsIn(app.router, path));
  if (methods.size === 0) return [];
  if (methods.has('get')) methods.add('head');
  return [
    ...METHODS.filter((method) => methods.has(method)).map((method) => method.toUpperCase()),
    'OPTIONS',
  ];
}

function* methodsIn(router: object, path: string): Generator<string> {
  if (!('stack' in router) || !Array.isArray(router.stack)) return;
  for (const layer of router.stack) {
    if (!isLayer(layer)) continue;
    const { handle, route } = layer;
    const isRouter = route === undefined && 'stack' in handle;
    if ((route === undefined && !isRouter) || !layer.match(path)) continue;
    if (isRouter) yield* methodsIn(handle, `/${path.slice(layer.path?.length ?? 0).replace(/^\//, '')}`);
    else if (route !== undefined && 'methods' in route) yield* Object.keys(route.methods ?? {});
  }
}

function isLayer(layer: unknown): layer is Layer {
  return (
    typeof layer === 'object' &&
    layer !== null &&
    'match' in layer &&
    typeof layer.match === 'function' &&
    'handle' in layer &&
    typeof layer.handle === 'function'
  );
}
