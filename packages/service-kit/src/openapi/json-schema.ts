import { z } from 'zod';

/** A JSON Schema of the dialect 2020-12, which OpenAPI 3.1 uses. */
export type JsonSchema = Record<string, unknown>;

/**
 * Returns the JSON Schema of what a zod schema accepts. What JSON Schema cannot express, such as a check in code, has
 * its form in the schema's `meta`.
 */
export function jsonSchemaOf(schema: z.ZodType): JsonSchema {
  const { $schema: _, ...converted }: JsonSchema = z.toJSONSchema(schema, {
    io: 'input',
    unrepresentable: 'any',
    override: ({ zodSchema, jsonSchema }) => {
      const form = z.globalRegistry.get(zodSchema);
      const { def } = zodSchema._zod;
      // A check of the length in front of a list: the list has the form.
      if (def.type === 'pipe' && def.in._zod.def.type === 'custom' && def.out instanceof z.ZodArray)
        Object.assign(jsonSchema, jsonSchemaOf(def.out), form);
      // A query is text; its default is the value that is read from it, which zod leaves out.
      if (def.type === 'default' && jsonSchema.type === 'string')
        jsonSchema.default = String(def.defaultValue);
    },
  });
  return converted;
}
