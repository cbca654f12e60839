import { describe, expect, it } from 'vitest';
import { extractDeclaration, ListingError, readListing } from '../../scripts/report/listing.ts';

const source = `import { at } from './at.ts';

/** Adds. */
export function add(left: number, right: number): number {
  return left + right;
}

export const double = (value: number) => add(value, value);

export class Counter {
  #value = 0;

  /** Counts up. */
  up(
    by: number,
  ): number {
    for (let index = 0; index < by; index++) {
      this.#add(1);
    }
    return this.#value;
  }

  #add(by: number): void {
    this.#value = add(this.#value, by);
  }
}
`;

describe('extractDeclaration', () => {
  it('quotes a function without the comment in front of it', () => {
    expect(extractDeclaration(source, 'add')).toEqual({
      firstLine: 4,
      lastLine: 6,
      code: 'export function add(left: number, right: number): number {\n  return left + right;\n}',
    });
  });

  it('quotes a constant on one line', () => {
    expect(extractDeclaration(source, 'double')?.code).toBe(
      'export const double = (value: number) => add(value, value);',
    );
  });

  it('quotes a method with a wrapped signature, moved to the left', () => {
    const { code, firstLine, lastLine } = extractDeclaration(source, 'up') ?? {};
    expect([firstLine, lastLine]).toEqual([14, 21]);
    expect(code?.split('\n').at(0)).toBe('up(');
    expect(code?.split('\n').at(-1)).toBe('}');
  });

  it('quotes a private method, not its calls', () => {
    expect(extractDeclaration(source, '#add')?.code).toContain('this.#value = add(this.#value, by);');
  });

  it('finds no name that is only used', () => {
    expect(extractDeclaration(source, 'at')).toBeUndefined();
  });
});

describe('readListing', () => {
  it('quotes the source of the store', async () => {
    const file = 'vector-clock-kv-store/src/causality/vector-clock.ts';
    const listing = await readListing(file, 'missingDependency');
    expect(listing.file).toBe(file);
    expect(listing.code).toMatch(/^export function missingDependency\([\s\S]*\n}$/);
  });

  it.each([
    ['a name that is gone', 'vector-clock-kv-store/src/causality/vector-clock.ts', 'deliverAtOnce'],
    ['a file that is gone', 'vector-clock-kv-store/src/causality/matrix-clock.ts', 'missingDependency'],
  ])('fails for %s, so that no report quotes stale code', async (_case, file, symbol) => {
    await expect(readListing(file, symbol)).rejects.toThrow(ListingError);
  });
});
