/** @jsxRuntime automatic @jsxImportSource preact */
import './page.css';
import { render } from 'preact';
import { Playground } from './playground.tsx';

const root = document.getElementById('page');
if (root !== null) render(<Playground />, root);
