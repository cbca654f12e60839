import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isListedHost, isPrivateName, parseHost, siblingNames } from '../../src/browsers/host-names.ts';

describe('a Host header', () => {
  it.each([
    ['localhost', 'localhost', undefined],
    ['Node1.Example.COM:5000', 'node1.example.com', '5000'],
    ['load_balancer:8080', 'load_balancer', '8080'],
    ['[::1]:80', '::1', '80'],
    ['localhost.', 'localhost', undefined],
  ])('is split: %s', (header, name, port) => {
    expect(parseHost(header)).toEqual({ name, port });
  });

  it.each(['', ':80', 'a b', 'a/b', 'a@b', '[]', '[::1', '::1', 'a..b', '.a', 'a:b', 'a:123456', 'ä'])(
    'is none: %j',
    (header) => {
      expect(parseHost(header)).toBeUndefined();
    },
  );
});

describe('a private name', () => {
  it.each([
    'localhost',
    'grid.localhost',
    'node1',
    'load_balancer',
    'tasks.load_balancer',
    'tasks.node1',
    'store-0.store-peers',
    'node1.gridclock.svc',
    'node1.gridclock.svc.cluster.local',
    'host.docker.internal',
    '10.0.0.7',
    '::1',
  ])('is %s', (name) => {
    expect(isPrivateName(name)).toBe(true);
  });

  it.each(['example.com', 'evil.store', 'tasks.dev', 'localhost.example', '10.0.0.7.nip.io', 'a.xn--p1ai'])(
    'is not %s',
    (name) => {
      expect(isPrivateName(name)).toBe(false);
    },
  );

  it('is none that a public domain can end', () => {
    const label = fc.stringMatching(/^[a-z0-9_-]{1,10}$/);
    const topLevel = fc.stringMatching(/^([a-z]{2,10}|xn--[a-z0-9]{1,8})$/);
    const reserved = ['localhost', 'local', 'internal', 'test', 'svc'];
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 4 }), topLevel, (labels, top) => {
        fc.pre(!reserved.includes(top) && top !== 'arpa');
        expect(isPrivateName([...labels, top].join('.'))).toBe(false);
      }),
    );
  });
});

describe('a list of hosts', () => {
  it.each([
    ['grid.example.com', ['grid.example.com'], true],
    ['grid.example.com', ['.example.com'], true],
    ['example.com', ['.example.com'], false],
    ['notexample.com', ['.example.com'], false],
    ['grid.example.com.attacker.example', ['.example.com', 'grid.example.com'], false],
    ['anything.example', ['*'], true],
    ['grid.example.com', [], false],
  ])('has %s in %j: %s', (name, list, expected) => {
    expect(isListedHost(name, list)).toBe(expected);
  });
});

describe('the names of a sibling', () => {
  it('are its own in the domains of the others', () => {
    expect(siblingNames(['node1', 'host7'], ['node2.example.com', 'node3', '10.0.0.3'])).toEqual([
      'node1.example.com',
      'host7.example.com',
    ]);
  });
});
