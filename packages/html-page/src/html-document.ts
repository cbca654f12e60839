import { escapeHtml } from './escape-html.ts';

/**
 * A page that stands on its own: no script, no font, nothing loaded.
 *
 * @param title as plain text; it is escaped here
 * @param style CSS, as it is
 * @param body HTML, as it is: whoever makes it escapes what comes from outside
 */
export function htmlDocument(title: string, style: string, body: string): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>${style}</style>
</head>
<body>
${body}
</body>
</html>
`;
}
