import { describe, expect, it } from 'vitest';
import { htmlDocument } from '../src/html-document.ts';

describe('htmlDocument', () => {
  it('returns a complete page with the title escaped', () => {
    const page = htmlDocument('</title><script>', 'p { color: red }', '<p>body</p>');
    expect(page).toMatch(/^<!doctype html>\n/);
    expect(page).toContain('<title>&lt;/title&gt;&lt;script&gt;</title>');
    expect(page).toContain('<style>p { color: red }</style>');
    expect(page).toContain('<p>body</p>');
    expect(page).not.toContain('<script>');
  });
});
