/** @jsxRuntime automatic @jsxImportSource preact */
import type { ComponentChildren } from 'preact';
import { renderToString } from 'preact-render-to-string';
import { readStyles } from '../style/read-styles.ts';

export type ReportDocument = {
  title: string;
  /** Style sheets of the report, added to the shared ones. */
  styles?: readonly URL[];
  children: ComponentChildren;
};

/** Allows a report nothing but its own style, whatever its data contains. */
const POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'";

/** Returns a self-contained HTML page: no scripts, no fonts, no external resources. Preact escapes all text. */
export function reportDocument({ title, styles = [], children }: ReportDocument): string {
  const document = (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{title}</title>
        <style dangerouslySetInnerHTML={{ __html: readStyles(styles) }} />
      </head>
      <body class="report">
        <main>{children}</main>
      </body>
    </html>
  );
  return `<!doctype html>\n${renderToString(document)}\n`;
}
