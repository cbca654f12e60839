/** @jsxRuntime automatic @jsxImportSource preact */
import './page.css';
import { render } from 'preact';
import { ApiPage } from './api-page.tsx';
import { openForPrint } from './open-for-print.ts';
import { readDocument } from './read-document.ts';

const root = document.getElementById('page');
if (root !== null)
  readDocument()
    .then((api) => {
      const isWide = matchMedia('(min-width: 60rem)').matches;
      render(<ApiPage api={api} origin={location.origin} isWide={isWide} />, root);
      // The operation that the address names was not there when the browser looked for it.
      if (location.hash !== '') location.replace(location.hash);
      openForPrint();
    })
    .catch((error: unknown) => render(<p class="notice">{String(error)}</p>, root));
