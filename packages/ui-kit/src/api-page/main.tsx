/** @jsxRuntime automatic @jsxImportSource preact */
import './page.css';
import { render } from 'preact';
import { ApiPage } from './api-page.tsx';
import { readDocument } from './read-document.ts';

const root = document.getElementById('page');
if (root !== null)
  readDocument()
    .then((api) => render(<ApiPage api={api} origin={location.origin} />, root))
    .catch((error: unknown) => render(<p class="notice">{String(error)}</p>, root));
