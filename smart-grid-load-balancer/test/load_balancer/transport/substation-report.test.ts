import { describe, expect, it } from 'vitest';
import { parseReport } from '../../../load_balancer/transport/substation-report.ts';

describe('parseReport', () => {
  it('reads load and capacity, with or without labels', () => {
    expect(
      parseReport('substation_current_load 22\nsubstation_max_capacity{substation_id="x"} 80\n'),
    ).toEqual({
      load: 22,
      capacity: 80,
      reserve: 0,
      draining: false,
      name: undefined,
    });
  });

  it('reads name, reserve and draining where present', () => {
    const text = [
      'substation_current_load 22',
      'substation_max_capacity 80',
      'substation_high_priority_reserve 10',
      'substation_draining 1',
      'substation_info{substation_id="s1"} 1',
    ].join('\n');
    expect(parseReport(text)).toMatchObject({ reserve: 10, draining: true, name: 's1' });
  });

  it.each(['NaN', '-5', '+Inf'])('takes a reserve of %s for 0', (reserve) => {
    const text = `substation_current_load 22\nsubstation_max_capacity 80\nsubstation_high_priority_reserve ${reserve}`;
    expect(parseReport(text).reserve).toBe(0);
  });

  it.each([
    ['substation_current_load', 'substation_max_capacity 80'],
    ['substation_max_capacity', 'substation_current_load 22\nsubstation_max_capacity NaN'],
    ['substation_current_load', 'substation_current_load -1\nsubstation_max_capacity 80'],
    ['substation_current_load', '{"substation_current_load": 22}'],
  ])('fails without a usable %s', (name, text) => {
    expect(() => parseReport(text)).toThrow(name);
  });
});
