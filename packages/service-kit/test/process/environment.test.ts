import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  booleanVariable,
  EnvironmentError,
  httpUrlVariable,
  integerVariable,
  numberVariable,
  portVariable,
  readEnvironment,
} from '../../src/process/environment.ts';

const read = (schema: z.ZodType, value: string | undefined) =>
  readEnvironment(z.object({ SETTING: schema }), { SETTING: value }).SETTING;

describe('the environment', () => {
  it('yields typed values, and defaults for unset and empty variables', () => {
    const schema = z.object({
      PORT: portVariable().default(80),
      FAULTS: booleanVariable().default(false),
      NAME: z.string(),
    });
    expect(readEnvironment(schema, { PORT: '8080', FAULTS: 'yes', NAME: 'a' })).toEqual({
      PORT: 8080,
      FAULTS: true,
      NAME: 'a',
    });
    expect(readEnvironment(schema, { PORT: '', FAULTS: ' ', NAME: 'a' })).toEqual({
      PORT: 80,
      FAULTS: false,
      NAME: 'a',
    });
  });

  it('names every invalid variable on one line', () => {
    const schema = z.object({ PORT: portVariable(), NAME: z.string(), RATE: numberVariable({ min: 1 }) });
    const run = () => readEnvironment(schema, { PORT: 'x', RATE: '0' });
    expect(run).toThrow(EnvironmentError);
    expect(run).toThrow(
      'PORT must be a number (it is "x"); NAME is required; RATE must be at least 1 (it is "0")',
    );
  });

  it.each(['nan', 'NaN', 'Infinity', '-Infinity', '1e3', '0x10', '1,5', '1 2', 'ten'])(
    'rejects %s as a number',
    (text) => {
      expect(() => read(numberVariable(), text)).toThrow('SETTING must be a number');
    },
  );

  it('parses every decimal number exactly', () => {
    fc.assert(
      fc.property(fc.integer({ min: -1e9, max: 1e9 }), fc.nat(999), (whole, thousandths) => {
        const text = `${whole}.${String(thousandths).padStart(3, '0')}`;
        expect(read(numberVariable(), text)).toBe(Number(text));
      }),
    );
  });

  it('rejects fractions as integers and ports out of range', () => {
    expect(() => read(integerVariable(), '1.5')).toThrow('whole number');
    expect(() => read(portVariable(), '65536')).toThrow('at most 65535');
    expect(() => read(portVariable(), '-1')).toThrow('at least 0');
  });

  it('accepts http URLs and strips a trailing slash', () => {
    expect(read(httpUrlVariable(), 'http://load_balancer:8080/')).toBe('http://load_balancer:8080');
    for (const invalid of ['load_balancer:8080', 'ftp://host', 'http://', 'http:///path', 'http://a b']) {
      expect(() => read(httpUrlVariable(), invalid)).toThrow('must be an http:// or https:// URL');
    }
    for (const invalid of ['http://h?x=1', 'http://h/p#x', 'http://h/?', 'http://user@h', 'http://u:p@h/']) {
      expect(() => read(httpUrlVariable(), invalid)).toThrow('must have no query, fragment');
    }
    expect(read(httpUrlVariable(), 'http://proxy/path/@1/')).toBe('http://proxy/path/@1');
  });
});
