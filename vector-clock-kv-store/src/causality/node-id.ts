/** A node's id in clocks: its configured name, `node1`, or an incarnation of it, `node1~3fa94c1e`. */
export type NodeId = string;

/** Separates a configured name from its incarnation suffix. A name cannot contain it. */
const INCARNATION_SEPARATOR = '~';

/** A host name, a word or a number: letters, digits, `.`, `_` and `-`, starting with a letter or digit. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

const suffixPattern = /^[a-z0-9]{1,16}$/;

/** Reports whether `text` is a valid configured node name. */
export function isNodeName(text: string): boolean {
  return namePattern.test(text);
}

/** Reports whether `text` is a valid node id: a configured name with or without an incarnation suffix. */
export function isNodeId(text: string): boolean {
  const [name = '', suffix, ...rest] = text.split(INCARNATION_SEPARATOR);
  return isNodeName(name) && rest.length === 0 && (suffix === undefined || suffixPattern.test(suffix));
}

/** Returns the configured name in a node id: `node1` for `node1~3fa94c1e`. */
export function nameOf(id: NodeId): string {
  const end = id.indexOf(INCARNATION_SEPARATOR);
  return end === -1 ? id : id.slice(0, end);
}

/** Returns the id of one incarnation of a node. */
export function incarnationOf(name: string, suffix: string): NodeId {
  return `${name}${INCARNATION_SEPARATOR}${suffix}`;
}

/**
 * Draws an incarnation suffix of 32 random bits.
 *
 * @param random uniform in [0, 1); passed in so that a simulation can replay its ids
 */
export function incarnationSuffix(random: () => number): string {
  return Math.floor(random() * 2 ** 32)
    .toString(16)
    .padStart(8, '0');
}
