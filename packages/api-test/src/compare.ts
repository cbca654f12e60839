/** Members whose values differ from run to run: ids that are drawn or chosen, times, secrets and addresses. */
const VARYING = new Set([
  'life',
  'request_id',
  'session_id',
  'session_secret',
  'start_time',
  'substation_id',
  'timestamp',
  'url',
  'version',
]);

/** A clock depends on what happened before. */
const CLOCKS = new Set(['vc', 'vector_clock', 'clock', 'heard_of', 'pruned']);

/**
 * Compares a response with the one that the document shows: the names of members, their types, and texts. Numbers,
 * clocks, and the ids and times of this run differ; the response may have more members.
 *
 * @returns the path of the first difference, or undefined
 */
export function findDifference(shown: unknown, received: unknown, path = '$'): string | undefined {
  if (typeof shown !== typeof received || (shown === null) !== (received === null)) return path;
  if (typeof shown === 'string' || typeof shown === 'boolean') return shown === received ? undefined : path;
  if (!isObject(shown) || !isObject(received)) return undefined;
  if (Array.isArray(shown) !== Array.isArray(received)) return path;
  for (const [name, value] of Object.entries(shown)) {
    const member = Reflect.get(received, name);
    const place = `${path}.${name}`;
    const difference =
      CLOCKS.has(name) || VARYING.has(name)
        ? typeof value === typeof member
          ? undefined
          : place
        : findDifference(value, member, place);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

/** Compares lines: each that the document shows is in the response, in this order; numbers in them differ. */
export function findMissingLine(shown: string, received: string): string | undefined {
  const lines = withoutNumbers(received).split('\n');
  let from = 0;
  for (const line of shown.split('\n')) {
    const at = lines.findIndex((other, index) => index >= from && other.startsWith(withoutNumbers(line)));
    if (at === -1) return line;
    from = at + 1;
  }
  return undefined;
}

/** Compares streams: each event that the document shows is in the response, in this order. */
export function findMissingEvent(shown: string, received: string): string | undefined {
  const events = eventsOf(received);
  let from = 0;
  for (const { data, name } of eventsOf(shown)) {
    const at = events.findIndex(
      (event, index) =>
        index >= from && event.name === name && findDifference(data, event.data) === undefined,
    );
    if (at === -1) return name;
    from = at + 1;
  }
  return undefined;
}

/** Reads the events of a stream that have arrived in full. */
function eventsOf(stream: string): { name: string; data: unknown }[] {
  const blocks = stream.split('\n\n').slice(0, -1);
  return blocks.flatMap((block) => {
    const name = /^event: (.*)$/m.exec(block)?.[1];
    const data = /^data: (.*)$/m.exec(block)?.[1];
    return name === undefined || data === undefined ? [] : [{ name, data: JSON.parse(data) }];
  });
}

function withoutNumbers(text: string): string {
  return text.replaceAll(/\d+(\.\d+)?(e[+-]?\d+)?/gi, '0');
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}
