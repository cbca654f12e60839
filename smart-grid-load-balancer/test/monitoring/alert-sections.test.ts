import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exposedMetrics } from '../support/exposed-metrics.ts';
import { readDashboard, readRuleNames, readRules } from '../support/suite-files.ts';

const document = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');
const [, chapter = ''] = document.split('\n## Alerts\n');
const sections = chapter
  .split('\n### ')
  .slice(1)
  .map((text) => ({ alert: text.split('\n')[0] ?? '', text }));

const alerts = readRuleNames()
  .flatMap(readRules)
  .flatMap(({ alert }) => (alert === undefined ? [] : [alert]));

const panels = ['dashboard.json', 'store-dashboard.json'].flatMap((name) =>
  readDashboard(name).panels.map(({ title }) => title),
);

/** The anchors of a document's headings, as GitHub and GitLab derive them. */
const anchors = [...document.matchAll(/^#+ (.+)$/gm)].map(([, title = '']) =>
  title
    .toLowerCase()
    .replaceAll(/[^\w -]/g, '')
    .replaceAll(' ', '-'),
);

describe('the sections about alerts in docs/operations.md', () => {
  it('are one for each alert, and no others', () => {
    expect(sections.map(({ alert }) => alert).sort()).toEqual([...alerts].sort());
  });

  it.each(sections)('say what $alert means, what to look at and what to do', ({ text }) => {
    const items = [...text.matchAll(/^- \*\*(.+?)\*\*: \S/gm)].map(([, name]) => name);
    expect(items).toEqual(['Means', 'Look at', 'Do']);
  });

  it.each(sections)('name existing panels and metrics, and link sections: $alert', ({ text }) => {
    const words = text.replaceAll(/\s+/g, ' ');
    for (const [, title] of words.matchAll(/"([^"]+)"/g)) expect(panels).toContain(title);
    for (const [, name] of words.matchAll(/`((?:kv|http|tls|service|substation)_[a-z_]+)`/g))
      expect([...exposedMetrics.keys()]).toContain(name);
    for (const [, anchor] of words.matchAll(/\]\(#([^)]+)\)/g)) expect(anchors).toContain(anchor);
  });
});
