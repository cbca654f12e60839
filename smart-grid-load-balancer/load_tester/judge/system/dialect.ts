/** How a balancer learns of its substations, and where it takes charges. */
export type Dialect = {
  launch: 'SUBSTATIONS' | 'SUBSTATION_HOSTS';
  /** The path of the balancer's charge route. */
  route: '/route_charge' | '/assign_substation';
};

export const contractDialect: Dialect = { launch: 'SUBSTATIONS', route: '/route_charge' };

/** All dialects, the contract's first. */
export const dialects: readonly Dialect[] = [
  contractDialect,
  { launch: 'SUBSTATION_HOSTS', route: '/route_charge' },
];

/** Names the deviations from the contract that are no faults. */
export function describeDialect({ launch, route }: Dialect): string[] {
  return [
    ...(launch === contractDialect.launch ? [] : ['substations are listed in SUBSTATION_HOSTS']),
    ...(route === contractDialect.route ? [] : [`charges are routed at ${route}`]),
  ];
}

/** Returns where the judge plays, or stands in front of, a substation: with SUBSTATION_HOSTS, all have the same port. */
export function hostOf({ launch }: Dialect, index: number): string {
  return launch === 'SUBSTATION_HOSTS' ? `127.0.0.${index + 2}` : '127.0.0.1';
}

type Address = { id: string; url: string; host: string; port: number };

/** Returns the variables that tell a balancer of its substations. */
export function substationVariables(
  { launch }: Dialect,
  substations: readonly Address[],
): Record<string, string> {
  if (launch === 'SUBSTATIONS')
    return { SUBSTATIONS: substations.map(({ id, url }) => `${id}=${url}`).join(',') };
  return {
    SUBSTATION_HOSTS: substations.map(({ host }) => host).join(','),
    SUBSTATION_PORT: String(substations[0]?.port ?? 8001),
  };
}
