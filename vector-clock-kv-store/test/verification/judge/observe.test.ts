import { describe, expect, it } from 'vitest';
import { observeNodes } from '../../../src/verification/judge/observe.ts';

const observe = (value: unknown) =>
  observeNodes(
    () => 1_000,
    async ({ step, check }) => {
      step('get x', value);
      check(value === 'written', 'it returns "written"', value);
    },
  );

describe('observeNodes', () => {
  it('reports the steps of a failure, with what there is instead', async () => {
    expect(await observe({ y: 1 })).toMatchObject({
      outcome: 'failed',
      reason: 'expected: it returns "written"; got {"y":1}',
      steps: [
        { kind: 'action', text: 'get x', result: { y: 1 } },
        { kind: 'failed', text: 'it returns "written"', result: { y: 1 } },
      ],
    });
  });

  it('quotes only the beginning of a long answer', async () => {
    const { reason, steps } = await observe('x'.repeat(9_000_000));
    expect(reason?.length).toBeLessThan(3_000);
    expect(JSON.stringify(steps).length).toBeLessThan(6_000);
    expect(steps[0]?.result).toMatch(/^x{2000}… \(9000000 characters\)$/);
  });

  it('reports an answer that is nested too deeply for JSON', async () => {
    const nested: unknown = JSON.parse('['.repeat(200_000) + ']'.repeat(200_000));
    const { reason, steps } = await observe(nested);
    expect(reason).toBe('expected: it returns "written"; got a value that is nested too deeply to be shown');
    expect(() => JSON.stringify(steps)).not.toThrow();
  });
});
