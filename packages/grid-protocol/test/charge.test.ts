import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  chargeRequestSchema,
  MAX_CHARGE_AMOUNT_KW,
  partialChargeRequestSchema,
  priorities,
} from '../src/index.ts';

const valid = { vehicle_id: 'EV_1000', charge_amount: 7, priority: 'high' };

describe('a charge request', () => {
  it('consists of a vehicle, an amount in kW and a priority', () => {
    expect(chargeRequestSchema.parse(valid)).toEqual(valid);
  });

  it('defaults to normal priority', () => {
    const { priority: _left, ...rest } = valid;
    expect(chargeRequestSchema.parse(rest)).toEqual({ ...rest, priority: 'normal' });
  });

  it('drops unknown fields', () => {
    const body: unknown = JSON.parse(
      '{"vehicle_id":"a","charge_amount":1,"__proto__":{"polluted":1},"constructor":{"prototype":{}},"colour":"red"}',
    );
    const parsed = chargeRequestSchema.parse(body);
    expect(Object.keys(parsed).sort()).toEqual(['charge_amount', 'priority', 'vehicle_id']);
    expect(Object.getPrototypeOf(parsed)).toBe(Object.prototype);
    expect(parsed).not.toHaveProperty('polluted');
  });

  it.each([
    ['text', 'nan'],
    ['a number in text', '7'],
    ['NaN', Number.NaN],
    ['Infinity, parsed from 1e999', JSON.parse('1e999')],
    ['zero', 0],
    ['too small for the sum of loads', 1e-320],
    ['negative', -1],
    ['above the maximum', MAX_CHARGE_AMOUNT_KW + 1],
    ['null', null],
    ['an array', [7]],
    ['missing', undefined],
  ])('is invalid if its amount is %s', (_name, charge_amount) => {
    const result = chargeRequestSchema.safeParse({ ...valid, charge_amount });
    expect(result.error?.issues.map((issue) => issue.path)).toEqual([['charge_amount']]);
  });

  it.each([
    ['vehicle_id', ''],
    ['vehicle_id', '   '],
    ['vehicle_id', 'x'.repeat(129)],
    ['vehicle_id', 7],
    ['vehicle_id', null],
    ['priority', 'urgent'],
    ['priority', null],
    ['request_id', ''],
    ['request_id', 'two words'],
    ['request_id', 'x'.repeat(129)],
    ['request_id', 7],
  ])('is invalid if %s is %j', (field, value) => {
    const result = chargeRequestSchema.safeParse({ ...valid, [field]: value });
    expect(result.error?.issues[0]?.path).toEqual([field]);
  });

  it('is valid for every vehicle, priority and amount up to the maximum', () => {
    fc.assert(
      fc.property(
        fc.string({ minLength: 1, maxLength: 128 }).filter((id) => id.trim() !== ''),
        fc.double({ min: 1e-6, max: MAX_CHARGE_AMOUNT_KW, noNaN: true }),
        fc.constantFrom(...priorities),
        (vehicle_id, charge_amount, priority) => {
          expect(chargeRequestSchema.parse({ vehicle_id, charge_amount, priority })).toEqual({
            vehicle_id,
            charge_amount,
            priority,
          });
        },
      ),
    );
  });

  it('may omit fields if the service fills them in', () => {
    expect(partialChargeRequestSchema.parse({})).toEqual({ priority: 'normal' });
    expect(partialChargeRequestSchema.safeParse({ charge_amount: -1 }).success).toBe(false);
  });
});
