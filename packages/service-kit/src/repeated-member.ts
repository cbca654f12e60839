/** Counts the members of all objects in a parsed JSON value. */
export function countMembers(value: unknown): number {
  let members = 0;
  const open = [value];
  while (open.length > 0) {
    const current = open.pop();
    if (typeof current !== 'object' || current === null) continue;
    const items: readonly unknown[] = Array.isArray(current) ? current : Object.values(current);
    if (!Array.isArray(current)) members += items.length;
    for (const item of items) if (typeof item === 'object' && item !== null) open.push(item);
  }
  return members;
}

type Container = { names: Set<string> | undefined; position: string; index: number };

/**
 * Finds the first member whose name its object has already. `JSON.parse` keeps the last one; others may keep the first.
 *
 * @param json a valid JSON text
 * @returns its dotted path
 */
export function findRepeatedMember(json: string): string | undefined {
  const containers: Container[] = [];
  for (let at = 0; at < json.length; at++) {
    const character = json.charAt(at);
    const container = containers.at(-1);
    if (character === '"') {
      const start = at;
      for (at++; json.charAt(at) !== '"'; at++) if (json.charAt(at) === '\\') at++;
      if (container?.names === undefined || !/^\s*:/.test(json.slice(at + 1, at + 100))) continue;
      container.position = String(JSON.parse(json.slice(start, at + 1)));
      if (container.names.has(container.position))
        return containers.map(({ position }) => position).join('.');
      container.names.add(container.position);
    } else if (character === '{') containers.push({ names: new Set(), position: '', index: 0 });
    else if (character === '[') containers.push({ names: undefined, position: '0', index: 0 });
    else if (character === '}' || character === ']') containers.pop();
    else if (character === ',' && container?.names === undefined && container !== undefined)
      container.position = String(++container.index);
  }
  return undefined;
}
