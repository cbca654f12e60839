import { substationIdSchema } from '@gridclock/grid-protocol';
import {
  allowedPeersVariable,
  connectTimeoutVariable,
  EnvironmentError,
  integerVariable,
  originSchema,
  portVariable,
  secretVariable,
  type Token,
} from '@gridclock/service-kit';
import { z } from 'zod';
import { type PolicyName, policyNames } from './policies/index.ts';
import { DEFAULT_MAX_HOPS } from './routing/routing-order.ts';
import type { Member } from './transport/transport.ts';

/** 1 s: a substation responds within a few milliseconds, so a silent second is a failure. */
const REQUEST_TIMEOUT_MS = 1_000;

/** 10 minutes, as long as the substations remember a request; 50,000 placements take at most 50 MB. */
const REQUEST_MEMORY = { rememberMs: 10 * 60_000, limit: 50_000 };

/** 250 ms: the charge service takes a response that needs longer than 1 s for a lost one. */
export const HOLD_REFUSALS_MS = 250;

/** The load balancer's environment variables. */
export const balancerVariables = {
  SUBSTATIONS: z.string().optional(),
  SUBSTATION_HOSTS: z.string().optional(),
  SUBSTATION_DNS: z.string().optional(),
  SUBSTATION_PORT: portVariable().default(8001),
  /** ms. Below 50 ms polls cost more than requests; above a minute the view is useless. */
  POLL_INTERVAL_MS: integerVariable({ min: 50, max: 60_000 }).default(1_000),
  ROUTING_POLICY: z
    .enum(policyNames, { error: `must be one of ${policyNames.join(', ')}` })
    .default('least-load'),
  /** The maximum number of substations that one request asks. */
  MAX_HOPS: integerVariable({ min: 1, max: 1_000 }).default(DEFAULT_MAX_HOPS),
  /** The maximum number of queued requests. 0, the default, disables the queue: a full grid rejects at once. */
  MAX_QUEUE: integerVariable({ min: 0, max: 100_000 }).default(0),
  /** ms. Must be below the charge service's BALANCER_TIMEOUT_MS. */
  MAX_WAIT_MS: integerVariable({ min: 1, max: 60_000 }).default(5_000),
  /** Where open requests are kept. Unset: in memory only, and a restart forgets them. */
  DATA_DIR: z.string().optional(),
  /** At least 8 characters, so that it cannot be guessed. */
  ADMIN_TOKEN: secretVariable({ minLength: 8 }),
  /** Where substations may be that are added while it runs. Those of SUBSTATIONS and SUBSTATION_HOSTS may be anywhere. */
  ALLOWED_PEERS: allowedPeersVariable(),
  /** ms. Without a connection within this time, nothing was sent. */
  CONNECT_TIMEOUT_MS: connectTimeoutVariable(),
  PORT: portVariable().default(8080),
};

type BalancerVariables = z.output<z.ZodObject<typeof balancerVariables>>;

/** The balancer's configuration. Times in milliseconds. */
export type BalancerConfig = {
  pollIntervalMs: number;
  /** Limit for one poll or one message to a substation and its response. */
  requestTimeoutMs: number;
  /** Limit for establishing a connection to a substation. */
  connectTimeoutMs: number;
  policyName: PolicyName;
  /** How many substations one request asks at most. */
  maxHops: number;
  /** The maximum number of queued requests; 0 disables the queue. */
  maxQueue: number;
  /** The longest time in the queue. */
  maxWaitMs: number;
  /** Limits of the memory of placed requests. */
  memory: { rememberMs: number; limit: number };
  /** Required to add and remove substations; undefined disables this. */
  adminToken: string | Token | undefined;
};

/** Converts the environment variables to the balancer's configuration. */
export function balancerConfig(variables: BalancerVariables): BalancerConfig {
  return {
    pollIntervalMs: variables.POLL_INTERVAL_MS,
    requestTimeoutMs: REQUEST_TIMEOUT_MS,
    connectTimeoutMs: variables.CONNECT_TIMEOUT_MS,
    policyName: variables.ROUTING_POLICY,
    maxHops: variables.MAX_HOPS,
    maxQueue: variables.MAX_QUEUE,
    maxWaitMs: variables.MAX_WAIT_MS,
    memory: REQUEST_MEMORY,
    adminToken: variables.ADMIN_TOKEN,
  };
}

/** Where the substations come from: a fixed list, or the addresses of a DNS name. */
export type MemberSource = { kind: 'list'; members: Member[] } | { kind: 'dns'; name: string; port: number };

/**
 * Reads the substations from SUBSTATIONS, SUBSTATION_HOSTS or SUBSTATION_DNS.
 *
 * @throws EnvironmentError naming the wrong variable, or all three unless exactly one is set
 */
export function memberSource(
  variables: Partial<BalancerVariables> & Pick<BalancerVariables, 'SUBSTATION_PORT'>,
): MemberSource {
  const { SUBSTATIONS, SUBSTATION_DNS, SUBSTATION_HOSTS, SUBSTATION_PORT: port } = variables;
  const set = [SUBSTATIONS, SUBSTATION_HOSTS, SUBSTATION_DNS].filter((value) => value !== undefined);
  if (set.length !== 1)
    throw new EnvironmentError(
      `exactly one of SUBSTATIONS, SUBSTATION_HOSTS and SUBSTATION_DNS is required (${set.length} are set)`,
    );
  if (SUBSTATION_DNS !== undefined) return { kind: 'dns', name: SUBSTATION_DNS.trim(), port };
  if (SUBSTATION_HOSTS !== undefined) {
    const hosts = splitList(SUBSTATION_HOSTS);
    return memberList(
      'SUBSTATION_HOSTS',
      hosts.map((host) => [host, `http://${host}:${port}`]),
    );
  }
  return memberList('SUBSTATIONS', splitList(SUBSTATIONS ?? '').map(splitPair));
}

function splitList(text: string): string[] {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter((item) => item !== '');
}

function splitPair(item: string): [string, string] {
  const equals = item.indexOf('=');
  if (equals < 0) throw new EnvironmentError(`SUBSTATIONS must be id=url,... (it has "${item}")`);
  return [item.slice(0, equals).trim(), item.slice(equals + 1)];
}

function memberList(variable: string, pairs: [string, string][]): MemberSource {
  const members = new Map<string, Member>();
  const names = new Map<string, string>();
  for (const [id, address] of pairs) {
    const problem = substationIdSchema.safeParse(id).error?.issues[0]?.message;
    if (problem !== undefined) throw new EnvironmentError(`${variable}: id "${id}" ${problem}`);
    const url = originSchema.safeParse(address);
    if (!url.success) {
      const [issue] = url.error.issues;
      throw new EnvironmentError(`${variable}: the URL of ${id} ${issue?.message} (it is "${address}")`);
    }
    if (members.has(id)) throw new EnvironmentError(`${variable} names ${id} twice`);
    const same = names.get(url.data);
    // Counted twice, it would get twice its share of the load.
    if (same !== undefined)
      throw new EnvironmentError(`${variable} has one URL for ${same} and ${id} (${url.data})`);
    names.set(url.data, id);
    members.set(id, { id, url: url.data });
  }
  if (members.size === 0) throw new EnvironmentError(`${variable} names no substation`);
  return { kind: 'list', members: [...members.values()] };
}
