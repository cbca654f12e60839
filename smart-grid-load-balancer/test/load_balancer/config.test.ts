import { describe, expect, it } from 'vitest';
import { memberSource } from '../../load_balancer/config.ts';

const port = { SUBSTATION_PORT: 8001 };

describe('memberSource', () => {
  it('reads a list of ids and URLs', () => {
    expect(memberSource({ ...port, SUBSTATIONS: 'a=http://host:1/, b=https://other' })).toEqual({
      kind: 'list',
      members: [
        { id: 'a', url: 'http://host:1' },
        { id: 'b', url: 'https://other' },
      ],
    });
  });

  it('reads a list of hosts that share a port', () => {
    expect(memberSource({ SUBSTATION_HOSTS: 'substation1,substation2', SUBSTATION_PORT: 9000 })).toEqual({
      kind: 'list',
      members: [
        { id: 'substation1', url: 'http://substation1:9000' },
        { id: 'substation2', url: 'http://substation2:9000' },
      ],
    });
  });

  it('reads a DNS name', () => {
    expect(memberSource({ ...port, SUBSTATION_DNS: 'tasks.substation' })).toEqual({
      kind: 'dns',
      name: 'tasks.substation',
      port: 8001,
    });
  });

  it.each([
    ['exactly one of SUBSTATIONS, SUBSTATION_HOSTS and SUBSTATION_DNS', {}],
    ['exactly one of SUBSTATIONS', { SUBSTATIONS: 'a=http://a', SUBSTATION_DNS: 'b' }],
    ['SUBSTATIONS must be id=url', { SUBSTATIONS: 'http//a' }],
    ['SUBSTATIONS: the URL of a must be an http:// or https:// URL', { SUBSTATIONS: 'a=host:1' }],
    ['SUBSTATIONS: the URL of a must have no query', { SUBSTATIONS: 'a=http://h:1?x=1' }],
    ['SUBSTATIONS: the URL of a must have no query, fragment', { SUBSTATIONS: 'a=http://h:1/#x' }],
    ['SUBSTATIONS: the URL of a must have no query, fragment', { SUBSTATIONS: 'a=http://u:p@h:1' }],
    ['or path', { SUBSTATIONS: 'a=http://h:1/prefix' }],
    ['SUBSTATIONS has one URL for a and b', { SUBSTATIONS: 'a=http://h:80,b=http://H/' }],
    ['SUBSTATION_HOSTS has one URL for h and H', { SUBSTATION_HOSTS: 'h,H' }],
    ['SUBSTATIONS: id ".." must not be', { SUBSTATIONS: '..=http://a' }],
    ['SUBSTATIONS: id "a b" must be 1 to 64 letters', { SUBSTATIONS: 'a b=http://a' }],
    ['SUBSTATIONS names a twice', { SUBSTATIONS: 'a=http://a,a=http://b' }],
    ['SUBSTATIONS names no substation', { SUBSTATIONS: ',' }],
  ])('fails with "%s ..."', (message, variables) => {
    expect(() => memberSource({ ...port, ...variables })).toThrow(message);
  });
});
