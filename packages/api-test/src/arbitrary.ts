import fc from 'fast-check';
import type { Schema } from './document.ts';

/** Words that mean something to the service, such as the ids of its peers. */
export type Words = readonly string[];

/**
 * Returns values of a JSON Schema, and now and then one that breaks it at some depth.
 *
 * @param strays of a thousand values at every level, how many are any JSON instead
 */
export function valuesOf(schema: Schema, words: Words, strays = 40): fc.Arbitrary<unknown> {
  const inner = (part: unknown) => valuesOf(isSchema(part) ? part : {}, words, strays);
  return fc.oneof(
    { weight: 1_000 - strays, arbitrary: validOf(schema, words, inner) },
    { weight: strays, arbitrary: strayValue },
  );
}

/** 64 KiB and more would only measure the limits of bodies. */
const strayValue = fc.oneof(
  fc.jsonValue({ maxDepth: 2 }),
  fc.constantFrom(null, '', '__proto__', '\u0000', -1, 1e308, 2 ** 53, [], {}),
);

type Inner = (part: unknown) => fc.Arbitrary<unknown>;

function validOf(schema: Schema, words: Words, inner: Inner): fc.Arbitrary<unknown> {
  const { anyOf, const: fixed, enum: values, type } = schema;
  if (fixed !== undefined) return fc.constant(fixed);
  if (Array.isArray(values)) return fc.constantFrom(...values);
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map(inner));
  if (Array.isArray(type)) return fc.oneof(...type.map((name) => inner({ ...schema, type: name })));
  switch (type) {
    case 'string':
      return textOf(schema, words);
    case 'integer':
      return fc.integer({
        min: limitOf(schema.minimum, -5),
        max: Math.min(limitOf(schema.maximum, 1_000), 5_000),
      });
    case 'number':
      return fc.double({
        min: limitOf(schema.minimum ?? schema.exclusiveMinimum, -1e6),
        max: limitOf(schema.maximum, 1e6),
        noNaN: true,
      });
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(inner(schema.items), { minLength: limitOf(schema.minItems, 0), maxLength: 3 });
    case 'object':
      return objectOf(schema, words, inner);
    default:
      return fc.jsonValue({ maxDepth: 2 });
  }
}

function textOf({ maxLength, minLength, pattern }: Schema, words: Words): fc.Arbitrary<string> {
  const form = typeof pattern === 'string' ? new RegExp(pattern) : undefined;
  const known = words.filter((word) => form === undefined || form.test(word));
  const made =
    form === undefined
      ? fc.string({
          minLength: limitOf(minLength, 0),
          maxLength: Math.min(limitOf(maxLength, 20), 40),
          unit: 'binary',
        })
      : fc.stringMatching(form, { size: 'small' });
  return known.length === 0
    ? made
    : fc.oneof({ weight: 2, arbitrary: fc.constantFrom(...known) }, { weight: 1, arbitrary: made });
}

function objectOf(schema: Schema, words: Words, inner: Inner): fc.Arbitrary<unknown> {
  const { additionalProperties, properties, propertyNames, required } = schema;
  if (!isSchema(properties)) {
    const names = textOf(isSchema(propertyNames) ? propertyNames : {}, words);
    return fc.dictionary(names, inner(additionalProperties), { maxKeys: 3 });
  }
  const members = Object.fromEntries(Object.entries(properties).map(([name, part]) => [name, inner(part)]));
  const needed = Array.isArray(required) ? required : [];
  return fc.oneof(
    { weight: 8, arbitrary: fc.record(members, { requiredKeys: needed, noNullPrototype: true }) },
    // Without something that is required, and with something that is not known.
    { weight: 1, arbitrary: fc.record(members, { requiredKeys: [], noNullPrototype: true }) },
    {
      weight: 1,
      arbitrary: fc
        .tuple(
          fc.record(members, { requiredKeys: needed, noNullPrototype: true }),
          fc.string(),
          fc.jsonValue(),
        )
        .map(([value, name, extra]) => ({ ...value, [name]: extra })),
    },
  );
}

function limitOf(limit: unknown, otherwise: number): number {
  return typeof limit === 'number' ? limit : otherwise;
}

function isSchema(value: unknown): value is Schema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
