/** An object that remembers which of its fields were asked for, and what was found in them. */
type Watched = { object: object; asked: Set<string>; found: Map<string, Watched> };

/**
 * The fields of `value` that `validate` never looked at, as paths. A validator that does not refuse fields it
 * does not know never reads them either, so these are the misspelt ones.
 *
 * @param validate gets a stand-in for `value`; what it throws is thrown on
 */
export function unreadFields(value: object, validate: (standIn: object) => void): string[] {
  const { watched, standIn } = watch(value);
  validate(standIn);
  return unread(watched);
}

function watch(object: object): { watched: Watched; standIn: object } {
  const watched: Watched = { object, asked: new Set(), found: new Map() };
  const standIns = new Map<string, object>();
  const standIn = new Proxy(object, {
    get(target, key) {
      const value: unknown = Reflect.get(target, key);
      if (typeof key !== 'string') return value;
      watched.asked.add(key);
      if (typeof value !== 'object' || value === null) return value;
      const known = standIns.get(key);
      if (known !== undefined) return known;
      const inner = watch(value);
      watched.found.set(key, inner.watched);
      standIns.set(key, inner.standIn);
      return inner.standIn;
    },
  });
  return { watched, standIn };
}

function unread({ object, asked, found }: Watched, path = ''): string[] {
  return Object.keys(object).flatMap((key) => {
    const inner = found.get(key);
    if (inner !== undefined) return unread(inner, `${path}/${key}`);
    return asked.has(key) ? [] : [`${path}/${key}`];
  });
}
