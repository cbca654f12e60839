export { escapeHtml } from './escape-html.ts';
export { htmlDocument } from './html-document.ts';
