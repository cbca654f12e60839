/** A node's id in clocks: `node1`, or `node1~k3x9` for a later incarnation of a node that lost its data. */
export type NodeId = string;

/** Separates a configured name from its incarnation mark. A name cannot contain it. */
const INCARNATION_SEPARATOR = '~';

/** Letters, digits, `.`, `_` and `-`, not starting with a sign: a host name, a word or a number. */
const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/;

/** Whether `text` is a valid configured node name. */
export function isNodeName(text: string): boolean {
  return namePattern.test(text);
}

/** The configured name behind a node id: `node1` for `node1~k3x9`. */
export function nameOf(id: NodeId): string {
  return id.split(INCARNATION_SEPARATOR, 1)[0] ?? id;
}

/** The id under which a node that lost its data counts its writes. */
export function incarnationOf(name: string, mark: string): NodeId {
  return `${name}${INCARNATION_SEPARATOR}${mark}`;
}

/** Whether `id` is a valid id in a clock: a configured name, with or without an incarnation mark. */
export function isNodeId(id: string): boolean {
  const [name = '', mark, ...rest] = id.split(INCARNATION_SEPARATOR);
  return isNodeName(name) && rest.length === 0 && (mark === undefined || /^[a-z0-9]{1,16}$/.test(mark));
}
