import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incarnationOf, isNodeId, isNodeName, nameOf } from '../../src/causality/node-id.ts';
import { parsePeers } from '../../src/membership/parse-peers.ts';

describe('parsePeers', () => {
  it('accepts id=url, id=host:port, host:port and http://host:port', () => {
    expect(
      parsePeers('node1', 'node2=http://10.0.0.2:5000, node3=third:5000,node4:5000,http://node5:5001/'),
    ).toEqual([
      { id: 'node2', url: 'http://10.0.0.2:5000' },
      { id: 'node3', url: 'http://third:5000' },
      { id: 'node4', url: 'http://node4:5000' },
      { id: 'node5', url: 'http://node5:5001' },
    ]);
  });

  it("assigns the remaining numbers, in order, if the node's id is a number", () => {
    expect(parsePeers('1', 'a:5000,b:5000')).toEqual([
      { id: '0', url: 'http://a:5000' },
      { id: '2', url: 'http://b:5000' },
    ]);
    expect(parsePeers('0', 'a:5000,b:5000').map(({ id }) => id)).toEqual(['1', '2']);
    expect(parsePeers('2', 'a:5000,b:5000').map(({ id }) => id)).toEqual(['0', '1']);
  });

  it('leaves out the node itself, so that all nodes can share one list', () => {
    expect(parsePeers('node2', 'node1:5000,node2:5000,node3:5000').map(({ id }) => id)).toEqual([
      'node1',
      'node3',
    ]);
  });

  it('returns no peers for an empty list', () => {
    expect(parsePeers('node1', ' , ')).toEqual([]);
  });

  it.each([
    ['node2=http://', 'no valid address'],
    ['node2', 'needs host:port'],
    ['node2=http://a:1/path', 'must have no query, fragment, user name, password or path'],
    ['node2=http://user@a:1', 'must have no query, fragment, user name'],
    ['127.0.0.1:5002,127.0.0.1:5003', 'names 127.0.0.1 twice'],
    ['a b=http://x:1', 'no valid node name'],
    ['=http://x:1', 'no valid node name'],
    ['node2=http://a:1,node2=http://b:1', 'names node2 twice'],
  ])('rejects %s: it %s', (text, reason) => {
    expect(() => parsePeers('node1', text)).toThrow(reason);
  });
});

describe('node ids', () => {
  it('contain the configured name', () => {
    expect(nameOf(incarnationOf('node1', 'k3x9'))).toBe('node1');
    expect(nameOf('node1')).toBe('node1');
  });

  it('exclude names that objects treat specially', () => {
    expect(isNodeId('__proto__')).toBe(false);
  });

  it('include the incarnations of a name, which are not names themselves', () => {
    fc.assert(
      fc.property(
        fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,20}$/),
        fc.stringMatching(/^[a-z0-9]{1,16}$/),
        (name, mark) => {
          expect(isNodeName(name) && isNodeId(name)).toBe(true);
          expect(isNodeId(incarnationOf(name, mark))).toBe(true);
          expect(isNodeName(incarnationOf(name, mark))).toBe(false);
        },
      ),
    );
  });
});
