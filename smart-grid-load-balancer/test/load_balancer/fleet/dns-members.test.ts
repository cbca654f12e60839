import { describe, expect, it } from 'vitest';
import { DepartedReplicas } from '../../../load_balancer/fleet/departed-replicas.ts';
import { DnsMembers } from '../../../load_balancer/fleet/dns-members.ts';
import { createFleet, POLL_INTERVAL_MS } from '../../support/fleet.ts';

describe('DnsMembers', () => {
  function startDnsMembers() {
    const parts = createFleet();
    const { clock, fleet, logger, refusing, reports, settle, transport } = parts;
    let addresses: string[] | Error = [];
    const departed = new DepartedReplicas(() => clock.now());
    const dns = new DnsMembers({
      name: 'substation',
      port: 8001,
      fleet,
      transport,
      departed,
      capacityOf: () => 120,
      async resolve() {
        if (addresses instanceof Error) throw addresses;
        return addresses;
      },
      scheduler: clock,
      intervalMs: POLL_INTERVAL_MS,
      logger,
    });
    const resolveTo = async (result: string[] | Error) => {
      addresses = result;
      await dns.start();
      await settle();
    };
    const respond = (address: string, name?: string) =>
      reports.set(`http://${address}:8001`, name === undefined ? {} : { name });
    const refuse = (address: string) => refusing.add(`http://${address}:8001`);
    return { ...parts, departed, respond, dns, refuse, resolveTo };
  }

  it('adds a replica with its first response, under its own name', async () => {
    const { respond, fleet, resolveTo } = startDnsMembers();
    respond('10.0.0.1', 'alpha');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    expect(fleet.members).toEqual([{ id: 'alpha', url: 'http://10.0.0.1:8001' }]);
    respond('10.0.0.2');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    expect(fleet.members.map(({ id }) => id)).toEqual(['alpha', '10.0.0.2']);
  });

  it('has uncontacted replicas until all respond, refuse connections or leave the DNS', async () => {
    const { respond, dns, resolveTo, refuse } = startDnsMembers();
    expect(dns.hasUncontactedReplicas).toBe(true);
    respond('10.0.0.1', 'alpha');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    expect(dns.hasUncontactedReplicas).toBe(true);
    respond('10.0.0.2');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    expect(dns.hasUncontactedReplicas).toBe(false);
    await resolveTo(['10.0.0.1', '10.0.0.3']);
    expect(dns.hasUncontactedReplicas).toBe(true);
    refuse('10.0.0.3');
    await resolveTo(['10.0.0.1', '10.0.0.3']);
    expect(dns.hasUncontactedReplicas).toBe(false);
    await resolveTo(['10.0.0.1', '10.0.0.4']);
    await resolveTo(['10.0.0.1']);
    expect(dns.hasUncontactedReplicas).toBe(false);
  });

  it('removes a replica whose address is gone, and remembers it until it returns', async () => {
    const { departed, respond, fleet, resolveTo } = startDnsMembers();
    respond('10.0.0.1', 'alpha');
    respond('10.0.0.2', 'beta');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    await resolveTo(['10.0.0.2']);
    expect(fleet.members.map(({ id }) => id)).toEqual(['beta']);
    expect(departed.largeEnough(120)).toEqual(['alpha']);
    respond('10.0.0.3', 'alpha');
    await resolveTo(['10.0.0.2', '10.0.0.3']);
    expect(departed.largeEnough(120)).toEqual([]);
  });

  it('keeps its replicas while the name cannot be resolved', async () => {
    const { respond, fleet, resolveTo } = startDnsMembers();
    respond('10.0.0.1', 'alpha');
    await resolveTo(['10.0.0.1']);
    await resolveTo(new Error('resolver is down'));
    expect(fleet.members).toHaveLength(1);
  });

  it('appends the address to a name that replicas share', async () => {
    const { respond, fleet, resolveTo } = startDnsMembers();
    respond('10.0.0.1', 'same');
    respond('10.0.0.2', 'same');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    expect(fleet.members.map(({ id }) => id)).toEqual(['same', 'same-10.0.0.2']);
  });
});
