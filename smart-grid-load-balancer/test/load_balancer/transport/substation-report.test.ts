import { describe, expect, it } from 'vitest';
import { readReport } from '../../../load_balancer/transport/substation-report.ts';

describe('the metrics of a substation', () => {
  it('tell its load, and its capacity, with or without labels', () => {
    expect(readReport('substation_current_load 22\nsubstation_max_capacity{substation_id="x"} 80\n')).toEqual(
      {
        load: 22,
        capacity: 80,
        reserve: 0,
        draining: false,
        name: undefined,
      },
    );
  });

  it('tell its name, its reserve and whether it drains, where they do', () => {
    const text = [
      'substation_current_load 22',
      'substation_max_capacity 80',
      'substation_high_priority_reserve 10',
      'substation_draining 1',
      'substation_info{substation_id="s1"} 1',
    ].join('\n');
    expect(readReport(text)).toMatchObject({ reserve: 10, draining: true, name: 's1' });
  });

  it.each(['NaN', '-5', '+Inf'])('tell of no reserve where it is %s', (reserve) => {
    const text = `substation_current_load 22\nsubstation_max_capacity 80\nsubstation_high_priority_reserve ${reserve}`;
    expect(readReport(text).reserve).toBe(0);
  });

  it.each([
    ['substation_current_load', 'substation_max_capacity 80'],
    ['substation_max_capacity', 'substation_current_load 22\nsubstation_max_capacity NaN'],
    ['substation_current_load', 'substation_current_load -1\nsubstation_max_capacity 80'],
    ['substation_current_load', '{"substation_current_load": 22}'],
  ])('are no sign of life without a usable %s', (name, text) => {
    expect(() => readReport(text)).toThrow(name);
  });
});
