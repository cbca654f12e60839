import type { LookupAddress } from 'node:dns';
import { describe, expect, it } from 'vitest';
import { lookupShared, sharingLookups } from '../../src/outbound/shared-lookup.ts';

const address: LookupAddress = { address: '10.0.0.1', family: 4 };

describe('shared lookups', () => {
  it('look up a name once for all who ask at the same time', () => {
    const asked: { hostname: string; respond: () => void }[] = [];
    const lookup = sharingLookups((hostname, _options, answer) => {
      asked.push({ hostname, respond: () => answer(null, [address]) });
    });
    const answers: string[] = [];
    for (const name of ['absent', 'absent', 'ABSENT', 'present'])
      lookup(name, { all: true }, (_error, [first]) => answers.push(`${name} ${first?.address}`));
    expect(asked.map(({ hostname }) => hostname)).toEqual(['absent', 'present']);
    asked[1]?.respond();
    expect(answers).toEqual(['present 10.0.0.1']);
    asked[0]?.respond();
    expect(answers.slice(1)).toEqual(['absent 10.0.0.1', 'absent 10.0.0.1', 'ABSENT 10.0.0.1']);
    lookup('absent', { all: true }, () => {});
    expect(asked).toHaveLength(3);
  });

  it('keep families apart, and pass on errors to everyone', () => {
    const failures: ((error: Error) => void)[] = [];
    const lookup = sharingLookups((_hostname, _options, answer) => {
      failures.push((error) => answer(error, []));
    });
    const errors: unknown[] = [];
    for (const family of [4, 4, 6]) lookup('name', { all: true, family }, (error) => errors.push(error));
    expect(failures).toHaveLength(2);
    const error = new Error('ENOTFOUND');
    for (const fail of failures) fail(error);
    expect(errors).toEqual([error, error, error]);
  });

  it('resolve localhost', async () => {
    const found = await new Promise<LookupAddress[]>((resolve) =>
      lookupShared('localhost', { all: true }, (_error, addresses) => resolve(addresses)),
    );
    expect(found.map(({ address }) => address)).toContain('127.0.0.1');
  });
});
