/** @throws TypeError if a text is no URL that a request can be sent to */
export function requireNodeUrl(text: string): void {
  // Without credentials, which `fetch` refuses, and without a query or fragment, which would swallow the path.
  const isNode =
    typeof text === 'string' && /^https?:\/\/[^/?#@]+(\/[^?#]*)?$/i.test(text) && URL.canParse(text);
  if (isNode) return;
  throw new TypeError(`${JSON.stringify(text)} is no URL of a node, such as http://localhost:5001.`);
}

/** @throws TypeError if a key is no string, or one that a URL cannot carry: the call would concern another key */
export function requireKey(key: string): void {
  if (typeof key === 'string' && !/\p{Surrogate}/u.test(key)) return;
  throw new TypeError(`${JSON.stringify(key)} is no key: it must be a string of valid Unicode.`);
}

/** The longest time that a timer of JavaScript can be set to, 24 days: one that is set to more ends at once. */
export const LONGEST_TIMER_MS = 2 ** 31 - 1;

/** @throws TypeError if an option is no number from `min` to `max` */
export function requireNumber(name: string, value: number, min: number, max: number): void {
  if (typeof value === 'number' && value >= min && value <= max) return;
  throw new TypeError(`${name} must be a number from ${min} to ${max}, not ${value}.`);
}

/** What JSON leaves out of an object, and replaces with null in a list. */
const inexpressible = new Set(['undefined', 'function', 'symbol']);

/** Encodes the body of a write. @throws TypeError if a key is none, or if JSON cannot express a value */
export function encodeWrite(body: object, writes: readonly { key: string; value: unknown }[]): string {
  for (const { key, value } of writes) {
    requireKey(key);
    if (inexpressible.has(typeof value)) throw inexpressibleError(value);
  }
  return JSON.stringify(body, refuseReplaced);
}

/** Refuses what JSON would replace with null: the store would hold another value than the caller's. */
function refuseReplaced(this: unknown, _name: string, value: unknown): unknown {
  const isReplaced =
    typeof value === 'number'
      ? !Number.isFinite(value)
      : Array.isArray(this) && inexpressible.has(typeof value);
  if (isReplaced) throw inexpressibleError(value);
  return value;
}

function inexpressibleError(value: unknown): TypeError {
  return new TypeError(`JSON cannot express ${String(value)}; send a string.`);
}
