import { useEffect, useState } from 'preact/hooks';
import { plainFragment } from './plain-fragment.ts';

/** The fragment of the page's address, and a function that changes it. Links and the back button change it too. */
export function useFragment(): [fragment: string, change: (fragment: string) => void] {
  const [fragment, setFragment] = useState(() => plainFragment(location.hash));
  useEffect(() => {
    const follow = () => setFragment(plainFragment(location.hash));
    addEventListener('hashchange', follow);
    return () => removeEventListener('hashchange', follow);
  }, []);
  return [
    fragment,
    (next) => {
      // Not one entry of the history for each click: "undo" takes a step back.
      history.replaceState(null, '', `#${next}`);
      setFragment(next);
    },
  ];
}
