import { VirtualClock } from '@gridclock/simulation-kit';
import { beforeEach, describe, expect, it } from 'vitest';
import { FaultyTransport } from '../../src/replication/faulty-transport.ts';
import { type FaultObserver, LinkFaults, TooManyFaultsError } from '../../src/replication/link-faults.ts';
import { idleTransport } from '../support/create-node.ts';

const write = { sender: 'node1', key: 'x', value: 1, vc: { node1: 1 } };

let clock: VirtualClock;
let log: string[];
let faults: LinkFaults;

beforeEach(() => {
  clock = new VirtualClock();
  log = [];
  const observer: FaultObserver = {
    injected: ({ action }) => log.push(`begin ${action}`),
    released: () => log.push('end'),
    affected: ({ action }, writes) => log.push(`${action} ${writes.length}`),
  };
  faults = new LinkFaults(clock, observer, ({ action }) => log.push(`${action} expired`));
});

describe('the faults of a link', () => {
  it('end by themselves, each after its duration', async () => {
    faults.inject({ action: 'hold', durationMs: 1_000 });
    await clock.advanceAsync(400);
    faults.inject({ action: 'delay', delayMs: 5, durationMs: 2_000 });
    expect(faults.remaining.map(({ remainingMs }) => remainingMs)).toEqual([600, 2_000]);
    await clock.advanceAsync(599);
    expect(faults.active).toHaveLength(2);
    await clock.advanceAsync(1);
    expect(faults.active.map(({ action }) => action)).toEqual(['delay']);
    await clock.advanceAsync(1_400);
    expect(faults.active).toEqual([]);
    expect(log).toEqual(['begin hold', 'begin delay', 'hold expired', 'end', 'delay expired']);
  });

  it('last until released without a duration', async () => {
    faults.inject({ action: 'hold' });
    await clock.advanceAsync(10_000_000);
    expect(faults.remaining).toEqual([{ action: 'hold', remainingMs: undefined }]);
    faults.release();
    expect(faults.active).toEqual([]);
  });

  it('do not expire once they are released, also when others follow', async () => {
    faults.inject({ action: 'hold', durationMs: 1_000 });
    faults.release();
    faults.inject({ action: 'hold', durationMs: 5_000 });
    await clock.advanceAsync(1_000);
    expect(faults.active).toHaveLength(1);
    expect(log).toEqual(['begin hold', 'end', 'begin hold']);
  });

  it('report their end when the last write they may affect has passed', () => {
    faults.inject({ action: 'drop', count: 1, durationMs: 1_000 });
    const [fault] = faults.active;
    expect(fault && faults.affectedBy(fault, [write, write]).size).toBe(1);
    expect(log).toEqual(['begin drop', 'drop 1', 'end']);
  });

  it('let one held write pass, and report each held write once', () => {
    const second = { ...write, vc: { node1: 2 } };
    faults.inject({ action: 'hold' });
    const [hold] = faults.active;
    const passing = () =>
      [write, second].filter((each) => !hold || !faults.affectedBy(hold, [each]).has(each));
    expect(passing()).toEqual([]);
    expect(passing()).toEqual([]);
    expect(faults.held).toEqual([write, second]);
    expect(faults.pass({ node: 'node1', counter: 2 })).toBe(true);
    expect(faults.pass({ node: 'node1', counter: 2 })).toBe(false);
    expect(passing()).toEqual([second]);
    expect(passing()).toEqual([]);
    expect(faults.held).toEqual([write]);
    faults.release();
    expect(faults.held).toEqual([]);
    expect(log).toEqual(['begin hold', 'hold 1', 'hold 1', 'end']);
  });

  it('are limited in number', () => {
    for (let number = 0; number < 16; number++) faults.inject({ action: 'hold' });
    expect(() => faults.inject({ action: 'hold' })).toThrow(TooManyFaultsError);
    expect(faults.active).toHaveLength(16);
  });

  it('outlast the transport to an address that the peer has left', async () => {
    new FaultyTransport(idleTransport(), clock, faults).inject({ action: 'cut', durationMs: 1_000 });
    await clock.advanceAsync(600);
    const moved = new FaultyTransport(idleTransport(), clock, faults);
    await expect(moved.heartbeat()).rejects.toThrow('cut');
    await clock.advanceAsync(400);
    await moved.heartbeat();
    expect(log).toEqual(['begin cut', 'end', 'cut expired']);
  });
});
