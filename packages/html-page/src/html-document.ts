import escapeHtml from 'escape-html';

/**
 * Returns a self-contained HTML page: no scripts, no fonts, no external resources.
 *
 * @param title plain text, escaped here
 * @param style CSS, inserted as is
 * @param body HTML, inserted as is: the caller escapes untrusted text
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
