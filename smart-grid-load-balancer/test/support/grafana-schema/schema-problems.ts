import { fileURLToPath } from 'node:url';
import { Ajv } from 'ajv';
import { createGenerator } from 'ts-json-schema-generator';
import { z } from 'zod';

const pathOf = (file: string) => fileURLToPath(new URL(file, import.meta.url));

const generator = createGenerator({
  path: pathOf('dashboard-types.ts'),
  tsconfig: pathOf('tsconfig.json'),
  // Definitions inline: several types of Grafana's schema share a name.
  expose: 'none',
  topRef: false,
  functions: 'hide',
  jsDoc: 'none',
  // Saves a second; `npm run lint` checks the types.
  skipTypeCheck: true,
});

// Optimising the validators takes longer than running them.
const ajv = new Ajv({ allErrors: true, allowUnionTypes: true, code: { optimize: false } });
ajv.addSchema({
  ...generator.createSchema('DashboardParts'),
  $schema: 'http://json-schema.org/draft-07/schema#',
  $id: 'dashboard',
});

const fieldConfigSchema = z.looseObject({
  defaults: z.looseObject({ custom: z.record(z.string(), z.unknown()).default({}) }),
  overrides: z.array(
    z.looseObject({ properties: z.array(z.object({ id: z.string(), value: z.unknown() })) }),
  ),
});

const panelSchema = z.looseObject({
  type: z.string(),
  title: z.string(),
  options: z.unknown().optional(),
  fieldConfig: fieldConfigSchema.optional(),
});

type PanelJson = z.output<typeof panelSchema>;

const dashboardSchema = z.looseObject({ panels: z.array(panelSchema) });

/**
 * Lists what does not match Grafana's schema in a dashboard, unknown fields included.
 *
 * The version of Grafana is the version of `@grafana/schema`.
 */
export function schemaProblems(json: unknown): string[] {
  const { panels, ...dashboard } = dashboardSchema.parse(json);
  return [
    ...problemsOf('dashboard', dashboard),
    ...panels.flatMap((panel) => panelProblems(panel).map((problem) => `${panel.title}: ${problem}`)),
  ];
}

function panelProblems(panel: PanelJson): string[] {
  if (panel.type === 'row') return problemsOf('row', panel);
  const variants = [panel, ...withOverrides(panel)];
  return [
    ...problemsOf(`options/properties/${panel.type}`, panel.options),
    ...variants.flatMap((variant) => [
      ...problemsOf('panel', variant),
      ...problemsOf(`custom/properties/${panel.type}`, variant.fieldConfig?.defaults.custom),
    ]),
  ];
}

/** Checks a value against one part of the schema; an absent value has no problems. */
function problemsOf(part: string, value: unknown): string[] {
  if (value === undefined) return [];
  const validate = ajv.getSchema(`dashboard#/properties/${part}`);
  if (validate === undefined) return [`the schema has no ${part}`];
  validate(value);
  return (validate.errors ?? []).map(
    ({ instancePath, message, params }) => `${part}${instancePath} ${message} ${JSON.stringify(params)}`,
  );
}

/** The panel as each override leaves it, because the schema leaves the overrides' values open. */
function withOverrides(panel: PanelJson): PanelJson[] {
  const { fieldConfig } = panel;
  if (fieldConfig === undefined) return [];
  return fieldConfig.overrides.map(({ properties }) => {
    const defaults = { ...fieldConfig.defaults, custom: { ...fieldConfig.defaults.custom } };
    for (const { id, value } of properties) {
      const [, customField] = /^custom\.(.+)$/.exec(id) ?? [];
      if (customField === undefined) Object.assign(defaults, { [id]: value });
      else defaults.custom[customField] = value;
    }
    return { ...panel, fieldConfig: { ...fieldConfig, defaults } };
  });
}
