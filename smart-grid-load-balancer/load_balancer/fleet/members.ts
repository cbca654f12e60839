import { substationIdSchema } from '@gridclock/grid-protocol';
import { EnvironmentError, httpUrlVariable } from '@gridclock/service-kit';
import type { Member } from '../transport/transport.ts';

export type MemberVariables = {
  SUBSTATIONS?: string | undefined;
  SUBSTATION_HOSTS?: string | undefined;
  SUBSTATION_DNS?: string | undefined;
  SUBSTATION_PORT: number;
};

/** Where the substations come from: a list that is written down, or a name whose addresses are looked up. */
export type MemberSource = { kind: 'list'; members: Member[] } | { kind: 'dns'; name: string; port: number };

/**
 * Reads who the substations are from one of the three variables.
 *
 * @throws EnvironmentError naming the variable that is wrong, or all three when not exactly one is set
 */
export function memberSource(variables: MemberVariables): MemberSource {
  const { SUBSTATIONS, SUBSTATION_DNS, SUBSTATION_HOSTS, SUBSTATION_PORT: port } = variables;
  const given = [SUBSTATIONS, SUBSTATION_HOSTS, SUBSTATION_DNS].filter((value) => value !== undefined);
  if (given.length !== 1)
    throw new EnvironmentError(
      `exactly one of SUBSTATIONS, SUBSTATION_HOSTS and SUBSTATION_DNS is required (${given.length} are set)`,
    );
  if (SUBSTATION_DNS !== undefined) return { kind: 'dns', name: SUBSTATION_DNS.trim(), port };
  if (SUBSTATION_HOSTS !== undefined) {
    const hosts = entries(SUBSTATION_HOSTS).map((host): [string, string] => [host, `http://${host}:${port}`]);
    return list('SUBSTATION_HOSTS', hosts);
  }
  return list(
    'SUBSTATIONS',
    entries(SUBSTATIONS ?? '').map((entry): [string, string] => {
      const equals = entry.indexOf('=');
      if (equals < 0) throw new EnvironmentError(`SUBSTATIONS must be id=url,... (it has "${entry}")`);
      return [entry.slice(0, equals).trim(), entry.slice(equals + 1)];
    }),
  );
}

function entries(text: string): string[] {
  return text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
}

function list(variable: string, pairs: [string, string][]): MemberSource {
  const members = new Map<string, Member>();
  for (const [id, address] of pairs) {
    if (!substationIdSchema.safeParse(id).success)
      throw new EnvironmentError(`${variable} has an id that is no name: "${id}"`);
    const url = httpUrlVariable().safeParse(address);
    if (!url.success)
      throw new EnvironmentError(`${variable} has no http:// or https:// URL for ${id} (it is "${address}")`);
    if (members.has(id)) throw new EnvironmentError(`${variable} names ${id} twice`);
    members.set(id, { id, url: url.data });
  }
  if (members.size === 0) throw new EnvironmentError(`${variable} names no substation`);
  return { kind: 'list', members: [...members.values()] };
}
