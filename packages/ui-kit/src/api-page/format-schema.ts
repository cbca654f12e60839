import type { Schema } from './document.ts';

/** Describes the form of a value in a few words: `string, 1 to 128 characters`. */
export function describeType(schema: Schema): string {
  const { anyOf, enum: values, type } = schema;
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (Array.isArray(values)) return values.map((value) => JSON.stringify(value)).join(' | ');
  if (Array.isArray(anyOf)) return [...new Set(anyOf.map(describeType))].join(' | ');
  if (type === 'array') return `list of ${isSchema(schema.items) ? describeType(schema.items) : 'anything'}`;
  if (type === 'object' && isSchema(schema.additionalProperties) && schema.properties === undefined)
    return `object of ${describeType(schema.additionalProperties)}`;
  const name = Array.isArray(type) ? type.join(' | ') : typeof type === 'string' ? type : 'any JSON';
  const limits = [
    range(schema.minLength, schema.maxLength, 'characters'),
    range(limitOf(schema.minimum ?? schema.exclusiveMinimum), limitOf(schema.maximum), ''),
    schema.default === undefined ? '' : `default ${JSON.stringify(schema.default)}`,
  ].filter((limit) => limit !== '');
  return [name, ...limits].join(', ');
}

/** A member of an object as a row: its name with the names of the objects it is in, and its form. */
export type SchemaRow = { name: string; type: string; isRequired: boolean; description: string };

/** 3 levels: deeper parts are for programs, which read the document itself. */
const DEPTH = 3;

/** Lists the members of an object or of a list of objects. */
export function rowsOf(schema: Schema, prefix = '', depth = 0): SchemaRow[] {
  if (depth === DEPTH) return [];
  if (isSchema(schema.items)) return rowsOf(schema.items, `${prefix}[]`, depth);
  if (!isSchema(schema.properties)) return [];
  const required: readonly unknown[] = Array.isArray(schema.required) ? schema.required : [];
  return Object.entries(schema.properties).flatMap(([member, form]) => {
    if (!isSchema(form)) return [];
    const name = prefix === '' ? member : `${prefix}.${member}`;
    const description = typeof form.description === 'string' ? form.description : '';
    const row = { name, type: describeType(form), isRequired: required.includes(member), description };
    return [row, ...rowsOf(form, name, depth + 1)];
  });
}

/** Limits that follow from a number's precision say nothing. */
function limitOf(limit: unknown): unknown {
  return Math.abs(Number(limit)) === Number.MAX_SAFE_INTEGER ? undefined : limit;
}

function range(from: unknown, to: unknown, unit: string): string {
  const suffix = unit === '' ? '' : ` ${unit}`;
  if (from !== undefined && to !== undefined) return `${from} to ${to}${suffix}`;
  if (from !== undefined) return `from ${from}${suffix}`;
  return to === undefined ? '' : `at most ${to}${suffix}`;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
