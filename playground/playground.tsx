/** @jsxRuntime automatic @jsxImportSource preact */
import { Definitions } from '../vector-clock-kv-store/src/space-time/legend.tsx';
import { GridTab } from './grid/grid-tab.tsx';
import { StoreTab } from './store/store-tab.tsx';
import { useFragment } from './use-fragment.ts';

/** The whole page: the fragment of its address is its state. */
export function Playground() {
  const [fragment, setFragment] = useFragment();
  const isGrid = fragment.split(';', 1)[0] === 'grid';
  return (
    <div class="playground">
      <Definitions />
      <header class="top">
        <h1>Gridclock playground</h1>
        <nav class="tabs" aria-label="Systems">
          <a class="tab" href="#store" aria-current={isGrid ? undefined : 'page'}>
            Key-value store
          </a>
          <a class="tab" href="#grid" aria-current={isGrid ? 'page' : undefined}>
            Smart grid
          </a>
        </nav>
        <span class="soft small link-note">
          The address of this page is the scenario: hand it out as a link.
        </span>
      </header>
      <main>
        {isGrid ? (
          <GridTab fragment={fragment} onChange={setFragment} />
        ) : (
          <StoreTab fragment={fragment || 'store'} onChange={setFragment} />
        )}
      </main>
    </div>
  );
}
