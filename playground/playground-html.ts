/** A page's script and style sheet, as ui-kit bundles them. */
type Bundle = { script: string; style: string };

/**
 * Puts a page into one file. Its policy allows this script and this style by their hashes, and no request at all.
 *
 * @param sha256 returns the hash of a text, in base64
 */
export function playgroundHtml({ script, style }: Bundle, sha256: (text: string) => string): string {
  // Inside a string of the script, "<\/script" is the same text. In HTML, it does not end the script.
  const safeScript = script.replaceAll('</script', '<\\/script');
  const policy = [
    "default-src 'none'",
    `script-src 'sha256-${sha256(safeScript)}'`,
    `style-src 'sha256-${sha256(style)}'`,
    'img-src data:',
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Gridclock playground</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="page"></div>
<noscript>The playground computes everything in the page, for which it needs JavaScript.</noscript>
<script type="module">${safeScript}</script>
</body>
</html>
`;
}
