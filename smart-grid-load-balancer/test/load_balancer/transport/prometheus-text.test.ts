import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readSamples } from '../../../load_balancer/transport/prometheus-text.ts';
import { readReport } from '../../../load_balancer/transport/substation-report.ts';

const read = (text: string) =>
  [...readSamples(text, '')].map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);

describe('a Prometheus text page', () => {
  it('is read past comments, labels, timestamps and exemplars', () => {
    const page = [
      '# HELP load Load in kW.',
      '# TYPE load gauge',
      'load 22.5',
      'load{substation="a",room="b, c"} 1e3 1700000000000',
      '  load { substation = "a" , }\t+Inf  # {trace="1"} 0.5',
      '',
      'not_a_sample',
      'broken{label="x} 1',
      'last NaN\r',
    ].join('\n');
    expect(read(page)).toEqual([
      ['load', {}, 22.5],
      ['load', { substation: 'a', room: 'b, c' }, 1000],
      ['load', { substation: 'a' }, Number.POSITIVE_INFINITY],
      ['last', {}, Number.NaN],
    ]);
  });

  it('gives back every label and value that was written', () => {
    const escaped = (text: string) =>
      text.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
    const name = fc.stringMatching(/^[a-zA-Z_][a-zA-Z0-9_]{0,10}$/);
    fc.assert(
      fc.property(
        name,
        fc.dictionary(name, fc.string()),
        fc.double({ noNaN: true }),
        (metric, labels, value) => {
          const pairs = Object.entries(labels).filter(([, text]) => !/[\r\u2028\u2029]/.test(text));
          const text = pairs.map(([label, content]) => `${label}="${escaped(content)}"`).join(',');
          const written = value === Infinity ? '+Inf' : value === -Infinity ? '-Inf' : String(value);
          const [sample] = readSamples(`${metric}{${text}} ${written}\n`, '');
          expect([...(sample?.labels ?? [])]).toEqual(pairs);
          expect(sample?.value).toBe(Number(String(value)));
        },
      ),
    );
  });

  it('never fails, whatever it holds', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void read(text)));
  });
});

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

  it.each([
    ['substation_current_load', 'substation_max_capacity 80'],
    ['substation_max_capacity', 'substation_current_load 22\nsubstation_max_capacity NaN'],
    ['substation_current_load', 'substation_current_load -1\nsubstation_max_capacity 80'],
    ['substation_current_load', '{"substation_current_load": 22}'],
  ])('are no sign of life without a usable %s', (name, text) => {
    expect(() => readReport(text)).toThrow(name);
  });
});
