/** @jsxRuntime automatic @jsxImportSource preact */
import { Definitions } from '../vector-clock-kv-store/src/space-time/legend.tsx';
import { isGridLink } from './check-link.ts';
import { GridTab } from './grid/grid-tab.tsx';
import { Share } from './share.tsx';
import { StoreTab } from './store/store-tab.tsx';
import { useFragment } from './use-fragment.ts';

/** The whole page: the fragment of its address is its state. */
export function Playground() {
  const [address, setFragment] = useFragment();
  const fragment = address || 'store';
  const isGrid = isGridLink(fragment);
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
        <Share
          fragment={fragment}
          onOpen={(next) => {
            location.hash = next;
          }}
        />
      </header>
      <main>
        {isGrid ? (
          <GridTab fragment={fragment} onChange={setFragment} />
        ) : (
          <StoreTab fragment={fragment} onChange={setFragment} />
        )}
      </main>
    </div>
  );
}
