import { describe, expect, it } from 'vitest';
import { memberSource } from '../../../load_balancer/fleet/members.ts';

const port = { SUBSTATION_PORT: 8001 };

describe('the substations', () => {
  it('are listed with names and URLs', () => {
    expect(memberSource({ ...port, SUBSTATIONS: 'a=http://host:1/, b=https://other' })).toEqual({
      kind: 'list',
      members: [
        { id: 'a', url: 'http://host:1' },
        { id: 'b', url: 'https://other' },
      ],
    });
  });

  it('are listed as hosts that share a port', () => {
    expect(memberSource({ SUBSTATION_HOSTS: 'substation1,substation2', SUBSTATION_PORT: 9000 })).toEqual({
      kind: 'list',
      members: [
        { id: 'substation1', url: 'http://substation1:9000' },
        { id: 'substation2', url: 'http://substation2:9000' },
      ],
    });
  });

  it('are the addresses of one name', () => {
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
    ['SUBSTATIONS has no http:// or https:// URL for a', { SUBSTATIONS: 'a=host:1' }],
    ['SUBSTATIONS has an id that is no name', { SUBSTATIONS: 'a b=http://a' }],
    ['SUBSTATIONS names a twice', { SUBSTATIONS: 'a=http://a,a=http://b' }],
    ['SUBSTATIONS names no substation', { SUBSTATIONS: ',' }],
  ])('are refused with "%s ..."', (message, variables) => {
    expect(() => memberSource({ ...port, ...variables })).toThrow(message);
  });
});
