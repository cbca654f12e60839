import type { z } from 'zod';
import { isSecret } from './secret-variable.ts';

/** Describes how to run a service: its variables with their defaults, and its exit codes. */
export function formatServiceHelp(name: string, variables: z.ZodRawShape): string {
  const rows = Object.entries(variables).map(([variable, schema]) =>
    isSecret(schema)
      ? [`${variable}, ${variable}_FILE`, 'a secret, or the file that holds it; unset']
      : [variable, describeDefault(schema)],
  );
  const width = Math.max(...rows.map(([variable = '']) => variable.length)) + 2;
  return [
    `Runs ${name}. It takes no arguments; environment variables configure it. The README of its suite says what they mean.`,
    '',
    'Variables and their defaults:',
    ...rows.map(([variable = '', value = '']) => `  ${variable.padEnd(width)}${value}`),
    '',
    'Exit codes: 0 stopped by SIGTERM or Ctrl-C, 1 not started or failed, 65 the data of a node of the store is damaged. One line says why.',
  ].join('\n');
}

function describeDefault(schema: z.core.$ZodType): string {
  const { success, data } = parse(schema);
  if (!success) return 'required';
  if (data === undefined || data === '') return 'unset';
  if (typeof data === 'boolean') return data ? '1' : '0';
  return typeof data === 'number' || typeof data === 'string' ? `${data}` : 'see the README';
}

function parse(schema: z.core.$ZodType): { success: boolean; data?: unknown } {
  return 'safeParse' in schema && typeof schema.safeParse === 'function'
    ? schema.safeParse(undefined)
    : { success: true };
}
