import escapeHtml from 'escape-html';

/** One row: its length is `value`, what is read beside it `text`. */
export type Bar = { name: string; value: number; text: string; role: 'main' | 'warning' | 'bad' };

/** Values beside each other as a table whose last column is drawn; it reads as a table without the style. */
export function bars(rows: readonly Bar[]): string {
  const most = Math.max(...rows.map(({ value }) => value), Number.MIN_VALUE);
  const lines = rows.map(({ name, value, text, role }) => {
    const percent = ((100 * value) / most).toFixed(1);
    return `<tr><th scope="row">${escapeHtml(name)}</th><td class="number">${escapeHtml(text)}</td><td class="bar"><span class="${role}" style="width:${percent}%"></span></td></tr>`;
  });
  return `<table class="bars">\n${lines.join('\n')}\n</table>`;
}
