import { BlockList, isIP, type LookupFunction } from 'node:net';
import { z } from 'zod';
import { lookupShared } from './shared-lookup.ts';

/** The loopback, private and shared networks. IPv4's link-local one is left out: clouds serve their metadata there. */
const PRIVATE_NETWORKS =
  '127.0.0.0/8,10.0.0.0/8,172.16.0.0/12,192.168.0.0/16,100.64.0.0/10,::1/128,fc00::/7,fe80::/10';

/** Metadata services of clouds, which give their credentials to anyone who can connect. Never allowed. */
const METADATA_ADDRESSES = [
  '169.254.169.254',
  '169.254.170.2',
  '169.254.170.23',
  '100.100.100.200',
  '168.63.129.16',
  'fd00:ec2::254',
  'fd00:ec2::23',
  'fd20:ce::254',
  'fd00:c1::a9fe:a9fe',
];

/** The error code of a connection that the guard has refused. */
const NOT_ALLOWED = 'ADDRESS_NOT_ALLOWED';

/** Which hosts a service may connect to that it learns about while it runs. */
export type AllowedHosts = {
  networks: readonly { address: string; prefix: number }[];
  /** Exact names, and suffixes that begin with a dot; in lower case. */
  names: readonly string[];
};

/**
 * ALLOWED_PEERS: comma-separated networks (`10.0.0.0/8`), addresses, names, and suffixes of names (`.internal`). By
 * default the loopback and private networks, where peers are; others belong to strangers.
 */
export const allowedPeersVariable = () =>
  z
    .string()
    .default(PRIVATE_NETWORKS)
    .transform((text, context) => {
      const allowed = parseAllowed(text);
      if (typeof allowed !== 'string') return allowed;
      context.addIssue(`has an invalid entry "${allowed}"; write a network, an address, a name or a .suffix`);
      return z.NEVER;
    });

/** Returns the first invalid entry as it is. */
function parseAllowed(text: string): AllowedHosts | string {
  const networks: { address: string; prefix: number }[] = [];
  const names: string[] = [];
  for (const entry of text.split(',').map((part) => part.trim().toLowerCase())) {
    if (entry === '') continue;
    const [address = '', prefix, ...rest] = entry.split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    if (isIP(address) !== 0) {
      const length = prefix === undefined ? bits : Number(prefix);
      if (rest.length > 0 || prefix === '' || !Number.isInteger(length) || length < 0 || length > bits)
        return entry;
      networks.push({ address, prefix: length });
    } else if (/^\.?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/.test(entry) && !/\.\d+$/.test(entry)) names.push(entry);
    else return entry;
  }
  return { networks, names };
}

/**
 * Decides which addresses a service may connect to.
 *
 * A name is judged by the addresses it resolves to when the connection is made: it may resolve to others than when it
 * was given (DNS rebinding).
 */
export class AddressGuard {
  readonly #allowed = new BlockList();
  readonly #never = new BlockList();
  readonly #names: readonly string[];
  readonly #trusted: ReadonlySet<string>;

  /** @param trusted the origins that the service's own configuration names; their hosts are always allowed */
  constructor({ names, networks }: AllowedHosts, trusted: Iterable<string> = []) {
    for (const { address, prefix } of networks) this.#allowed.addSubnet(address, prefix, familyOf(address));
    for (const address of METADATA_ADDRESSES) this.#never.addAddress(address, familyOf(address));
    this.#names = names;
    this.#trusted = new Set([...trusted].map((origin) => hostOf(origin)));
  }

  /** Says why an origin may not be connected to, as far as its text shows; undefined if it may. */
  problemOf(origin: string): string | undefined {
    const host = hostOf(origin);
    return isIP(host) === 0 || this.allows(host, host) ? undefined : `leads to ${host}, ${REASON}`;
  }

  /** Whether a connection to an address may be made for a host. */
  allows(host: string, address: string): boolean {
    const name = host.toLowerCase().replace(/\.$/, '');
    if (this.#trusted.has(name)) return true;
    const plain = withoutMapping(address);
    const family = familyOf(plain);
    if (isIP(plain) === 0 || this.#never.check(plain, family)) return false;
    const matches = (entry: string) => (entry.startsWith('.') ? name.endsWith(entry) : name === entry);
    return this.#allowed.check(plain, family) || this.#names.some(matches);
  }

  /** @throws Error if the host is an address that is not allowed; a name is judged by `lookup` */
  check(host: string): void {
    const bare = host.replace(/^\[|\]$/g, '');
    if (isIP(bare) !== 0 && !this.allows(bare, bare)) throw notAllowed(bare, bare);
  }

  /** Resolves a name to its allowed addresses, as `dns.lookup` does to all. */
  readonly lookup: LookupFunction = (hostname, options, callback) => {
    lookupShared(hostname, { ...options, all: true }, (error, addresses) => {
      if (error !== null) {
        callback(error, '');
        return;
      }
      const allowed = addresses.filter(({ address }) => this.allows(hostname, address));
      const [first] = allowed;
      if (first === undefined) callback(notAllowed(hostname, addresses[0]?.address ?? 'no address'), '');
      else if (options.all) callback(null, allowed);
      else callback(null, first.address, first.family);
    });
  };
}

const REASON = 'which ALLOWED_PEERS does not include';

function notAllowed(host: string, address: string): NodeJS.ErrnoException {
  const leads = host === address ? host : `${host} leads to ${address}`;
  return Object.assign(new Error(`${leads}, ${REASON}`), { code: NOT_ALLOWED });
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}

/** The IPv4 address in an IPv6 one that carries it (`::ffff:10.0.0.1`, `::ffff:a00:1`). */
function withoutMapping(address: string): string {
  if (isIP(address) !== 6) return address;
  const { hostname } = new URL(`http://[${address.replace(/%.*$/, '')}]`);
  const [, high, low] = /^\[::ffff:([0-9a-f]{1,4}):([0-9a-f]{1,4})\]$/.exec(hostname) ?? [];
  if (high === undefined || low === undefined) return hostname.slice(1, -1);
  const bytes = [high, low].flatMap((part) => {
    const value = Number.parseInt(part, 16);
    return [value >> 8, value & 255];
  });
  return bytes.join('.');
}

function hostOf(origin: string): string {
  return new URL(origin).hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}
