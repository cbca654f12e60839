import { readFileSync } from 'node:fs';

/** The style sheets that every page and report begins with. */
const shared = ['tokens.css', 'elements.css', 'components.css', 'report.css', 'chart.css'];

/** Returns the text of the shared style sheets, followed by others. For documents that hold their style themselves. */
export function readStyles(others: readonly URL[]): string {
  const files = [...shared.map((name) => new URL(name, import.meta.url)), ...others];
  return files.map((file) => readFileSync(file, 'utf8')).join('\n');
}
