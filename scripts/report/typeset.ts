import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { NodeCompiler } from '@myriaddreamin/typst-ts-node-compiler';
import { z } from 'zod';
import { readFonts } from './fonts.ts';

/** A typeset document. */
export type TypesetDocument = { pdf: Buffer; pages: number };

/** A template that Typst refuses. The message lists what is wrong, with files and lines. */
class TypesetError extends Error {
  override readonly name = 'TypesetError';
}

const diagnosticSchema = z.object({
  message: z.string(),
  path: z.string(),
  /** Counted from 0; missing where the compiler knows no place. */
  range: z.object({ start: z.object({ line: z.number(), character: z.number() }) }).nullish(),
});

/** Formats one complaint of Typst as `file:line:column: message`. */
function formatDiagnostic(diagnostic: unknown): string {
  const parsed = diagnosticSchema.safeParse(diagnostic);
  if (!parsed.success) return JSON.stringify(diagnostic);
  const { message, path, range } = parsed.data;
  const place = range ? `:${range.start.line + 1}:${range.start.character + 1}` : '';
  return `${basename(path)}${place}: ${message}`;
}

const workspace = fileURLToPath(new URL('templates/', import.meta.url));

/**
 * Typesets a template with data. The data reaches the template as JSON, never as markup, so that no text in it can be
 * anything but text.
 *
 * @param template a file in the folder of templates
 * @param at the date in the file's metadata
 */
export async function typeset(template: string, data: object, at: Date): Promise<TypesetDocument> {
  const compiler = NodeCompiler.create({ workspace, fontArgs: [{ fontBlobs: await readFonts() }] });
  const compiled = compiler.compile({
    mainFilePath: `${workspace}${template}`,
    inputs: { data: JSON.stringify(data) },
  });
  const document = compiled.result;
  if (document === null) {
    const error = compiled.takeDiagnostics() ?? compiled.takeError();
    const details = error === null ? [] : compiler.fetchDiagnostics(error);
    throw new TypesetError(details.map(formatDiagnostic).join('\n'));
  }
  const pdf = compiler.pdf(document, { creationTimestamp: Math.floor(at.getTime() / 1_000) });
  return { pdf, pages: document.numOfPages };
}
