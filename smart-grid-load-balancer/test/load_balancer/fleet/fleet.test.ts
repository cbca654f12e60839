import { createLogger } from '@gridclock/service-kit';
import { VirtualClock } from '@gridclock/simulation-kit';
import { describe, expect, it, vi } from 'vitest';
import { DnsMembers } from '../../../load_balancer/fleet/dns-members.ts';
import { Fleet } from '../../../load_balancer/fleet/fleet.ts';
import { GridView, gridViewOptions } from '../../../load_balancer/fleet/grid-view.ts';
import type { SubstationReport } from '../../../load_balancer/transport/substation-report.ts';
import { GoneError, type Member } from '../../../load_balancer/transport/transport.ts';

const INTERVAL_MS = 1000;
const logger = createLogger('test', 'silent');

function startFleet() {
  const clock = new VirtualClock();
  const view = new GridView(gridViewOptions(INTERVAL_MS, INTERVAL_MS));
  const reports = new Map<string, Partial<SubstationReport>>();
  const polled: string[] = [];
  const refusing = new Set<string>();
  const transport = {
    async report({ url }: Member): Promise<SubstationReport> {
      polled.push(url);
      const report = reports.get(url);
      if (report === undefined)
        throw refusing.has(url) ? new GoneError('connection refused') : new Error('no answer');
      return { load: 0, capacity: 100, name: undefined, ...report };
    },
  };
  const onEjection = vi.fn();
  const random = () => 0.5;
  const fleet = new Fleet({ view, transport, intervalMs: INTERVAL_MS, clock, random, logger, onEjection });
  /** Lets one interval pass and its polls come back. */
  const nextPolls = async () => {
    clock.advance(INTERVAL_MS);
    await settled();
  };
  return { clock, fleet, nextPolls, onEjection, polled, refusing, reports, transport, view };
}

/** Lets everything that waits for nothing but promises happen. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('a fleet of substations', () => {
  it('polls a substation as soon as it is added, and once per interval from then on', async () => {
    const { fleet, nextPolls, polled, reports, view } = startFleet();
    reports.set('http://a', { load: 30 });
    fleet.add({ id: 'a', url: 'http://a' });
    expect(fleet.polled).toBe(false);
    await settled();
    expect(fleet.polled).toBe(true);
    expect(view.describe('a', 0)).toMatchObject({ polledLoad: 30, health: 'up' });
    reports.set('http://a', { load: 40 });
    await nextPolls();
    expect(view.describe('a', 1000)?.polledLoad).toBe(40);
    expect(polled).toHaveLength(2);
  });

  it('sets a substation aside that does not answer two polls, and says so once', async () => {
    const { fleet, nextPolls, onEjection, view } = startFleet();
    fleet.add({ id: 'a', url: 'http://a' });
    for (let polls = 0; polls < 5; polls += 1) await nextPolls();
    expect(view.describe('a', 5000)?.health).toBe('ejected');
    expect(onEjection).toHaveBeenCalledTimes(1);
  });

  it('waits for no slow substation to poll the others', async () => {
    const { fleet, reports, transport, view } = startFleet();
    const report = transport.report;
    transport.report = (member) => (member.id === 'slow' ? new Promise(() => {}) : report(member));
    const slow = new Fleet({
      view,
      transport,
      intervalMs: INTERVAL_MS,
      clock: new VirtualClock(),
      random: () => 0,
      logger,
      onEjection: () => {},
    });
    fleet.stop();
    reports.set('http://b', { load: 5 });
    slow.add({ id: 'slow', url: 'http://slow' });
    slow.add({ id: 'b', url: 'http://b' });
    await settled();
    expect(view.describe('b', 0)?.polledLoad).toBe(5);
  });

  it('polls no more once a substation is removed, and takes nothing from a poll under way', async () => {
    const { fleet, nextPolls, polled, reports, view } = startFleet();
    reports.set('http://a', { load: 30 });
    fleet.add({ id: 'a', url: 'http://a' });
    expect(fleet.remove('a')).toBe(true);
    expect(fleet.remove('a')).toBe(false);
    await nextPolls();
    expect(polled).toHaveLength(1);
    expect(view.ids).toEqual([]);
  });

  it('starts afresh with a substation that has moved', async () => {
    const { fleet, reports, view } = startFleet();
    reports.set('http://a', { load: 30 });
    fleet.add({ id: 'a', url: 'http://a' });
    await settled();
    fleet.add({ id: 'a', url: 'http://elsewhere' });
    expect(view.describe('a', 0)).toMatchObject({ polledLoad: undefined, health: 'unknown' });
  });

  it('finds a substation by the name it gives itself', async () => {
    const { fleet, reports } = startFleet();
    reports.set('http://a', { name: 'station-7' });
    fleet.add({ id: 'a', url: 'http://a' });
    await settled();
    expect(fleet.named('station-7')).toEqual([{ id: 'a', url: 'http://a' }]);
    expect(fleet.named('a')).toHaveLength(1);
    expect(fleet.named('other')).toEqual([]);
  });
});

describe('substations behind one DNS name', () => {
  function startDns() {
    const parts = startFleet();
    const { clock, fleet, refusing, reports, transport } = parts;
    let addresses: string[] | Error = [];
    const dns = new DnsMembers({
      name: 'substation',
      port: 8001,
      fleet,
      transport,
      async resolve() {
        if (addresses instanceof Error) throw addresses;
        return addresses;
      },
      clock,
      intervalMs: INTERVAL_MS,
      logger,
    });
    const resolveTo = async (answer: string[] | Error) => {
      addresses = answer;
      await dns.start();
      await settled();
    };
    const answers = (address: string, name?: string) =>
      reports.set(`http://${address}:8001`, name === undefined ? {} : { name });
    const refuses = (address: string) => refusing.add(`http://${address}:8001`);
    return { ...parts, answers, dns, refuses, resolveTo };
  }

  it('join with their first answer, under the name they give themselves', async () => {
    const { answers, fleet, resolveTo } = startDns();
    answers('10.0.0.1', 'alpha');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    expect(fleet.members).toEqual([{ id: 'alpha', url: 'http://10.0.0.1:8001' }]);
    answers('10.0.0.2');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    expect(fleet.members.map(({ id }) => id)).toEqual(['alpha', '10.0.0.2']);
  });

  it('count as unheard until the name is looked up, they have answered, refuse, or are gone', async () => {
    const { answers, dns, resolveTo, refuses } = startDns();
    expect(dns.unheard).toBe(true);
    answers('10.0.0.1', 'alpha');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    expect(dns.unheard).toBe(true);
    answers('10.0.0.2');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    expect(dns.unheard).toBe(false);
    await resolveTo(['10.0.0.1', '10.0.0.3']);
    expect(dns.unheard).toBe(true);
    refuses('10.0.0.3');
    await resolveTo(['10.0.0.1', '10.0.0.3']);
    expect(dns.unheard).toBe(false);
    await resolveTo(['10.0.0.1', '10.0.0.4']);
    await resolveTo(['10.0.0.1']);
    expect(dns.unheard).toBe(false);
  });

  it('leave when their address does', async () => {
    const { answers, fleet, resolveTo } = startDns();
    answers('10.0.0.1', 'alpha');
    answers('10.0.0.2', 'beta');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    await resolveTo(['10.0.0.2']);
    expect(fleet.members.map(({ id }) => id)).toEqual(['beta']);
  });

  it('stay while the name cannot be resolved', async () => {
    const { answers, fleet, resolveTo } = startDns();
    answers('10.0.0.1', 'alpha');
    await resolveTo(['10.0.0.1']);
    await resolveTo(new Error('resolver is down'));
    expect(fleet.members).toHaveLength(1);
  });

  it('are told apart by address when they share a name', async () => {
    const { answers, fleet, resolveTo } = startDns();
    answers('10.0.0.1', 'same');
    answers('10.0.0.2', 'same');
    await resolveTo(['10.0.0.1', '10.0.0.2']);
    expect(fleet.members.map(({ id }) => id)).toEqual(['same', 'same-10.0.0.2']);
  });
});
