/** Counts the members of all objects in a parsed JSON value; takes less than half as long as parsing it. */
export function countMembers(value: unknown): number {
  let members = 0;
  const open: Container[] = isContainer(value) ? [value] : [];
  for (let current = open.pop(); current !== undefined; current = open.pop()) {
    if (Array.isArray(current)) {
      for (const item of current) if (isContainer(item)) open.push(item);
      continue;
    }
    // Without a list of names: a message has thousands of objects.
    for (const name in current) {
      members++;
      const member = current[name];
      if (isContainer(member)) open.push(member);
    }
  }
  return members;
}

type Container = Record<string, unknown>;

function isContainer(value: unknown): value is Container {
  return typeof value === 'object' && value !== null;
}

type OpenContainer = { names: Set<string> | undefined; position: string; index: number };

/**
 * Finds the first member whose name its object has already. `JSON.parse` keeps the last one; others may keep the first.
 *
 * @param json a valid JSON text
 * @returns its dotted path
 */
export function findRepeatedMember(json: string): string | undefined {
  const containers: OpenContainer[] = [];
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
