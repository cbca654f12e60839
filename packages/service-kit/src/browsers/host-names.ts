import { isIPv4, isIPv6 } from 'node:net';

/** Splits a Host header; undefined if it is none. The name is in lower case, without brackets and a final dot. */
export function parseHost(header: string): { name: string; port: string | undefined } | undefined {
  const [, address, name, port] = /^(?:\[([0-9a-f:.]+)\]|([\w.-]+))(?::(\d{1,5}))?$/i.exec(header) ?? [];
  if (address !== undefined) return isIPv6(address) ? { name: address.toLowerCase(), port } : undefined;
  const host = name?.replace(/\.$/, '').toLowerCase();
  if (host === undefined || host === '' || host.length > 253) return undefined;
  return host.split('.').every((label) => label !== '' && label.length <= 63)
    ? { name: host, port }
    : undefined;
}

/** Suffixes that no public name has: RFC 6761 and 6762, ICANN's reservation, and Kubernetes' short form. */
const privateSuffixes = ['localhost', 'local', 'internal', 'test', 'svc', 'home.arpa'];

/**
 * Whether a host name can only be an address or a private name. A page that turns its own name into this service's
 * address (DNS rebinding) needs a public name, because it needs a name that it owns.
 */
export function isPrivateName(name: string): boolean {
  if (isIPv4(name) || isIPv6(name) || !name.includes('.')) return true;
  if (privateSuffixes.some((suffix) => name.endsWith(`.${suffix}`))) return true;
  // Public top-level domains are letters only, or begin with xn--: tasks.load_balancer and store-0.store-peers are private.
  const [top = ''] = name.split('.').slice(-1);
  return !/^(?:[a-z]+|xn--.*)$/.test(top);
}

/** Whether a name is in a list: `example.com` is itself, `.example.com` its subdomains, `*` everything. */
export function isListedHost(name: string, list: readonly string[]): boolean {
  return list.some(
    (listed) => listed === '*' || name === listed || (listed.startsWith('.') && name.endsWith(listed)),
  );
}

/**
 * Returns the names under which the siblings of some hosts may call this one: a name of this host in the domain of
 * each. `node1` with the peer `node2.example.com` is `node1.example.com`.
 */
export function siblingNames(own: readonly string[], hosts: readonly string[]): string[] {
  const domains = hosts.flatMap((host) => {
    const dot = host.indexOf('.');
    return dot === -1 || isIPv4(host) ? [] : [host.slice(dot)];
  });
  return domains.flatMap((domain) => own.map((name) => `${name}${domain}`.toLowerCase()));
}
