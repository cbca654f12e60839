/** @jsxRuntime automatic @jsxImportSource preact */

/** One bar of length `value`, labelled with `text`. */
export type Bar = { name: string; value: number; text: string; role: 'main' | 'warning' | 'bad' };

type BarsProps = { rows: readonly Bar[]; kind?: 'reasons' };

/** Draws values as bars in the last column of a table, which stays readable without the style. */
export function Bars({ rows, kind }: BarsProps) {
  const largest = Math.max(...rows.map(({ value }) => value), Number.MIN_VALUE);
  return (
    <table class={`bars${kind === undefined ? '' : ` ${kind}`}`}>
      {rows.map((bar) => (
        <tr key={bar.name}>
          <th scope="row">{bar.name}</th>
          <td class="number">{bar.text}</td>
          <td class="bar">
            <span class={bar.role} style={{ width: `${((100 * bar.value) / largest).toFixed(1)}%` }} />
          </td>
        </tr>
      ))}
    </table>
  );
}
