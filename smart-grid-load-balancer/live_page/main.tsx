/** @jsxRuntime automatic @jsxImportSource preact */
import './page.css';
import { render } from 'preact';
import { LivePage } from './live-page.tsx';

const root = document.getElementById('page');
if (root !== null) render(<LivePage />, root);
