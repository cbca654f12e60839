export { findAccessibilityProblems } from './accessibility.ts';
export { hasBrowser, TestBrowser } from './test-browser.ts';
