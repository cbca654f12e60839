import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readMetric, readSamples } from '../src/index.ts';

const read = (text: string) =>
  [...readSamples(text, '')].map(({ name, labels, value }) => [name, Object.fromEntries(labels), value]);

describe('a metrics page', () => {
  it('may contain comments, labels, timestamps, exemplars and invalid lines', () => {
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

  it('round-trips every label and value', () => {
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

  it('never throws', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary' }), (text) => void read(text)));
  });
});

describe('a metric', () => {
  it('is read by its full name, without labels', () => {
    const text = 'load_total 1\nload{id="a"} 2\nload 3 1700000000000\n';
    expect(readMetric(text, 'load')).toBe(3);
    expect(readMetric(text, 'loa')).toBeUndefined();
    expect(readMetric('load many\n', 'load')).toBeUndefined();
  });
});
