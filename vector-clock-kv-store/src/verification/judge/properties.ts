/** What a judged node can be right or wrong about, in the order in which it is judged. */
export const properties = {
  replication: 'a write can be read at its node, counts in its clock, and is sent to every peer',
  clocks: 'a delivery merges both clocks, and the next write counts everything delivered before it',
  'delivery rule':
    'a message is applied only if it is the next one of its sender and all its causes are there',
  buffering: 'a message that comes too early waits, and is applied right after the last of its causes',
  causality: 'no history of clients contradicts causal order, whatever the network does',
  duplicates: 'a message that comes again changes nothing, and is not kept',
  loss: 'a message that got lost is sent again',
  convergence: 'nodes that have the same writes show the same values',
  'session guarantees': 'a client that passes its clock never sees less than it has seen, at any node',
  restart: 'a killed node keeps its writes if it has DATA_DIR, and numbers no two writes alike',
  'bad input': 'an invalid request gets a 4xx, and changes nothing',
  'deep buffer': 'thousands of messages that wait for one are all applied once it comes',
} as const;

export type Property = keyof typeof properties;

/** Which properties are judged: all, or only those that the brief of the course asks for. */
export const profiles: Record<Profile, readonly Property[]> = {
  full: Object.keys(properties).filter(isProperty),
  coursework: ['replication', 'clocks', 'delivery rule', 'buffering', 'causality'],
};

export type Profile = 'full' | 'coursework';

/** What each of some properties asks for. */
export function claimsOf(judged: readonly Property[]): Record<string, string> {
  return Object.fromEntries(judged.map((property) => [property, properties[property]]));
}

/** Whether a text names a property. */
export function isProperty(name: string): name is Property {
  return Object.hasOwn(properties, name);
}
