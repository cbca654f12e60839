import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { heartbeatSchema } from '../../src/messages/peer.ts';
import {
  commonVersion,
  FIRST_WIRE_FORMATS,
  formatVersions,
  isRead,
  WIRE_FORMATS,
  type WireFormats,
} from '../../src/replication/wire-formats.ts';

const formats = (first: number, last: number, writes = last): WireFormats => ({
  reads: [first, last],
  writes,
});

describe('commonVersion', () => {
  it.each([
    [formats(1, 1), formats(1, 1), 1],
    [formats(1, 2), formats(1, 1), 1],
    [formats(1, 3), formats(2, 2), 2],
    // Reads the next version already, but does not write it yet.
    [formats(1, 2, 1), formats(1, 2), 1],
    [formats(2, 3), formats(1, 1), undefined],
    [formats(1, 1), formats(2, 3), undefined],
    // The only common version is one that this node does not write yet.
    [formats(1, 3, 2), formats(3, 4), undefined],
  ])('is the newest that one writes and both read: %j, %j', (own, peer, expected) => {
    expect(commonVersion(own, peer)).toBe(expected);
  });

  it('is read by both nodes', () => {
    const anyFormats = fc
      .tuple(fc.integer({ min: 1, max: 5 }), fc.nat(4), fc.nat(4))
      .map(([first, more, less]) => formats(first, first + more, Math.max(first, first + more - less)));
    fc.assert(
      fc.property(anyFormats, anyFormats, (own, peer) => {
        const version = commonVersion(own, peer);
        if (version === undefined) return;
        expect(isRead(own, version) && isRead(peer, version)).toBe(true);
        expect(version).toBeLessThanOrEqual(own.writes);
      }),
    );
  });

  it('exists with the releases before versions and with other implementations', () => {
    expect(commonVersion(WIRE_FORMATS, FIRST_WIRE_FORMATS)).toBe(1);
  });
});

describe('formatVersions', () => {
  it('names one version or a range', () => {
    expect(formatVersions(formats(2, 2))).toBe('version 2');
    expect(formatVersions(formats(2, 4))).toBe('versions 2 to 4');
  });
});

describe('the versions in a heartbeat', () => {
  it.each([
    [formats(1, 2), formats(1, 2)],
    [{ ...formats(1, 2), further: 'of a later release' }, formats(1, 2)],
    ['5G', undefined],
    [formats(3, 2), undefined],
    [{ reads: [0, 1], writes: 1 }, undefined],
    [undefined, undefined],
  ])('are read if they are versions: %j', (wire, expected) => {
    expect(heartbeatSchema.parse({ vector_clock: {}, wire }).wire).toEqual(expected);
  });
});
