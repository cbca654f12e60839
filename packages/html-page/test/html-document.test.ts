import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeHtml } from '../src/escape-html.ts';
import { htmlDocument } from '../src/html-document.ts';

describe('a page', () => {
  it('is whole, and shows a title as text whatever it contains', () => {
    const page = htmlDocument('</title><script>', 'p { color: red }', '<p>body</p>');
    expect(page).toMatch(/^<!doctype html>\n/);
    expect(page).toContain('<title>&lt;/title&gt;&lt;script&gt;</title>');
    expect(page).toContain('<style>p { color: red }</style>');
    expect(page).toContain('<p>body</p>');
    expect(page).not.toContain('<script>');
  });
});

describe('escaped text', () => {
  it('has no character that could end an element or a quoted attribute, and can be read back', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", 'a', ';') }), (text) => {
        const escaped = escapeHtml(text);
        expect(escaped).not.toMatch(/[<>"']/);
        const back = new Map(
          Object.entries({ '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'", '&amp;': '&' }),
        );
        expect(escaped.replace(/&(lt|gt|quot|#39|amp);/g, (name) => back.get(name) ?? name)).toBe(text);
      }),
    );
  });
});
