/** What a judged grid can be right or wrong about, in the order in which it is reported. */
export const properties = {
  charging: 'a substation accepts a charge as a session, and gives its load back when the session ends',
  metrics: "a substation's metrics and its status agree with its sessions",
  overfill: 'a substation never charges more than its capacity, however many requests come at once',
  routing: 'a charge goes to the least loaded substation, by the loads that the balancer polls',
  herd: 'requests that come between two polls are spread, not all sent to the same substation',
  'capacity 503': 'a refusal for lack of capacity is a 503, and is final only if every substation refuses',
  'unusable metrics':
    'a substation whose metrics are NaN, missing or garbage is not chosen, and breaks nothing',
  'dead favourite':
    'when the least loaded substation fails, requests soon succeed at the others, until it is back; an outage is a 503',
  'double charge': 'no vehicle is charged twice, whatever gets lost, is repeated or restarts',
  'bad input': 'an invalid request gets a 4xx, and changes nothing',
  accounting:
    'through the whole grid, each accepted charge is one session as asked for, and each refused one is none',
} as const;

export type Property = keyof typeof properties;

export type Profile = 'full' | 'coursework';

/** Which properties are judged: all, or only those that the brief of the course asks for. */
export const profiles: Record<Profile, readonly Property[]> = {
  full: Object.keys(properties).filter(isProperty),
  coursework: ['charging', 'metrics', 'routing', 'accounting'],
};

export function isProperty(name: string): name is Property {
  return Object.hasOwn(properties, name);
}
