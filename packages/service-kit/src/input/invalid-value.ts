import type { z } from 'zod';

type RawIssue = z.core.$ZodRawIssue;

/** The values named in a message; a longer list is no help. */
const VALUES_NAMED = 10;

const types: Record<string, string> = {
  string: 'a string',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  tuple: 'a list',
  null: 'null',
};

/** Says what a value must be where its schema does not: in plain words, not the library's. */
export function describeInvalid(issue: RawIssue): string {
  if (issue.input === undefined && issue.code !== 'custom') return 'is required';
  switch (issue.code) {
    case 'invalid_type':
      return `must be ${types[issue.expected] ?? 'of another type'}`;
    case 'invalid_value':
      return `must be ${listOf(issue.values)}`;
    case 'too_small':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'more than' : 'at least', issue.minimum)}`;
    case 'too_big':
      return `must ${bound(issue.origin, issue.inclusive === false ? 'less than' : 'at most', issue.maximum)}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'unrecognized_keys':
      return 'is not known';
    default:
      return 'is not valid';
  }
}

function bound(origin: string, comparison: string, limit: number | bigint): string {
  if (origin === 'string') return `have ${comparison} ${limit} characters`;
  if (origin === 'array' || origin === 'set') return `have ${comparison} ${limit} elements`;
  return `be ${comparison} ${limit}`;
}

function listOf(values: readonly unknown[]): string {
  const texts = values.slice(0, VALUES_NAMED).map(String);
  if (values.length > VALUES_NAMED) return `one of ${texts.join(', ')}, …`;
  const last = texts.pop() ?? '';
  return texts.length === 0 ? last : `${texts.join(', ')} or ${last}`;
}
