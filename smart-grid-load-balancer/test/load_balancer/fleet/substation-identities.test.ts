import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { GridView } from '../../../load_balancer/fleet/grid-view.ts';
import { gridViewOptions } from '../../../load_balancer/fleet/grid-view-options.ts';
import { SubstationIdentities } from '../../../load_balancer/fleet/substation-identities.ts';

const life = (id: string) => id.padEnd(8, '0');

describe('SubstationIdentities', () => {
  it('represents the names of one life by the first that responds', () => {
    const silent = new Set<string>();
    const identities = new SubstationIdentities((id) => !silent.has(id));
    for (const id of ['b', 'a', 'c']) identities.reported(id, life('x'));
    identities.reported('d', life('y'));
    const sameAs = () => ['a', 'b', 'c', 'd'].map((id) => identities.sameAs(id));
    expect(sameAs()).toEqual([undefined, 'a', 'a', undefined]);
    silent.add('a');
    expect(sameAs()).toEqual(['b', undefined, 'b', undefined]);
    for (const id of ['b', 'c']) silent.add(id);
    expect(sameAs()).toEqual([undefined, 'a', 'a', undefined]);
  });

  it('leaves members without a life apart', () => {
    const identities = new SubstationIdentities(() => true);
    for (const id of ['a', 'b']) identities.reported(id, undefined);
    expect(identities.sameAs('b')).toBeUndefined();
  });

  it('has exactly one representative for each life, whatever is reported and removed', () => {
    const ids = ['a', 'b', 'c', 'd'];
    const step = fc.record({
      id: fc.constantFrom(...ids),
      life: fc.constantFrom(undefined, life('x'), life('y')),
      removed: fc.boolean(),
      responds: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        const responding = new Set(ids);
        const reported = new Map<string, string | undefined>();
        const identities = new SubstationIdentities((id) => responding.has(id));
        for (const { id, life, removed, responds } of steps) {
          if (responds) responding.add(id);
          else responding.delete(id);
          if (removed) {
            identities.removed(id);
            reported.delete(id);
          } else {
            identities.reported(id, life);
            reported.set(id, life);
          }
        }
        const lives = new Set([...reported.values()].filter((known) => known !== undefined));
        for (const known of lives) {
          const members = ids.filter((id) => reported.get(id) === known);
          const representatives = members.filter((id) => identities.sameAs(id) === undefined);
          expect(representatives).toHaveLength(1);
          for (const id of members) expect([undefined, ...representatives]).toContain(identities.sameAs(id));
        }
      }),
    );
  });
});

describe('a view of a substation under two names', () => {
  const view = () => {
    const created = new GridView(gridViewOptions(1_000, 1_000));
    for (const id of ['a', 'b', 'c']) created.add(id);
    for (const id of ['a', 'b']) created.polled(id, { load: 10, capacity: 100, life: life('x') }, 0, 0);
    created.polled('c', { load: 10, capacity: 50, life: life('y') }, 0, 0);
    return created;
  };
  const names = (of: GridView, now = 0) => of.candidates('normal', now).map(({ id }) => id);

  it('offers it once', () => {
    expect(names(view())).toEqual(['a', 'c']);
  });

  it('offers the other name once the first one fails', () => {
    const changed = view();
    for (const now of [1, 2]) changed.failed('a', now);
    expect(names(changed, 3)).toEqual(['b', 'c']);
  });

  it('offers both again once they report different lives', () => {
    const changed = view();
    changed.polled('b', { load: 0, capacity: 100, life: life('z') }, 1, 1);
    expect(names(changed, 1)).toEqual(['a', 'b', 'c']);
  });
});
