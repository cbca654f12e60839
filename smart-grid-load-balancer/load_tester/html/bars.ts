import escapeHtml from 'escape-html';

/** One bar of length `value`, labelled with `text`. */
export type Bar = { name: string; value: number; text: string; role: 'main' | 'warning' | 'bad' };

/** Draws values as bars in the last column of a table, which stays readable without the style. */
export function bars(rows: readonly Bar[]): string {
  const largest = Math.max(...rows.map(({ value }) => value), Number.MIN_VALUE);
  const lines = rows.map(({ name, value, text, role }) => {
    const percent = ((100 * value) / largest).toFixed(1);
    return `<tr><th scope="row">${escapeHtml(name)}</th><td class="number">${escapeHtml(text)}</td><td class="bar"><span class="${role}" style="width:${percent}%"></span></td></tr>`;
  });
  return `<table class="bars">\n${lines.join('\n')}\n</table>`;
}
