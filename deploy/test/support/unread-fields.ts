/** An object that records which of its fields were read. */
type Tracked = { object: object; read: Set<string>; nested: Map<string, Tracked> };

/**
 * Returns the paths of the fields in `value` that `validate` never read.
 *
 * A validator that ignores unknown fields never reads them, so these fields are misspelt.
 *
 * @param validate receives a proxy of `value`; its errors are rethrown
 */
export function unreadFields(value: object, validate: (proxy: object) => void): string[] {
  const { tracked, proxy } = track(value);
  validate(proxy);
  return unread(tracked);
}

function track(object: object): { tracked: Tracked; proxy: object } {
  const tracked: Tracked = { object, read: new Set(), nested: new Map() };
  const proxies = new Map<string, object>();
  const proxy = new Proxy(object, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof key !== 'string') return value;
      tracked.read.add(key);
      if (typeof value !== 'object' || value === null) return value;
      const known = proxies.get(key);
      if (known !== undefined) return known;
      const inner = track(value);
      tracked.nested.set(key, inner.tracked);
      proxies.set(key, inner.proxy);
      return inner.proxy;
    },
  });
  return { tracked, proxy };
}

function unread({ object, read, nested }: Tracked, path = ''): string[] {
  return Object.keys(object).flatMap((key) => {
    const inner = nested.get(key);
    if (inner !== undefined) return unread(inner, `${path}/${key}`);
    return read.has(key) ? [] : [`${path}/${key}`];
  });
}
