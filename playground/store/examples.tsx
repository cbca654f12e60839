/** @jsxRuntime automatic @jsxImportSource preact */
import { examples } from './scenarios.ts';

/** Offers scenarios to begin with. */
export function Examples({ onChoose }: { onChoose: (fragment: string) => void }) {
  return (
    <select
      aria-label="Examples"
      class="examples"
      value=""
      onChange={({ currentTarget }) => {
        onChoose(currentTarget.value);
        currentTarget.value = '';
      }}
    >
      <option value="" disabled>
        Open an example …
      </option>
      {examples.map(({ title, fragment }) => (
        <option value={fragment} key={title}>
          {title}
        </option>
      ))}
    </select>
  );
}
