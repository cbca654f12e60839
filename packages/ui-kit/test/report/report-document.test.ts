import { describe, expect, it } from 'vitest';
import { reportDocument } from '../../src/report/index.ts';

const page = reportDocument({ title: 'A "run" & <more>', children: '<b>text</b>' });

describe('reportDocument', () => {
  it('escapes the title and all text', () => {
    expect(page).toContain('<title>A &quot;run&quot; &amp; &lt;more></title>');
    expect(page).toContain('<main>&lt;b>text&lt;/b></main>');
  });

  it('contains its style and forbids scripts and everything from outside', () => {
    expect(page).toContain("content=\"default-src 'none'; style-src 'unsafe-inline'; img-src data:;");
    expect(page).toContain('@media (prefers-color-scheme: dark)');
    expect(page).not.toMatch(/@import|<link|<script/);
  });
});
