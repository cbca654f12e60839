import { describe, expect, it } from 'vitest';
import { gridPanels, readPanels, storePanels } from '../../scripts/report/collect/dashboard-panels.ts';
import { type Scrape, scrapedPanel } from '../../scripts/report/collect/scraper.ts';

describe('readPanels', () => {
  it.each([storePanels, gridPanels])('finds the panels of the report in $file', async (choice) => {
    const panels = await readPanels(choice, '4s');
    expect(panels.map(({ title }) => title)).toEqual(choice.panels.map(({ title }) => title));
    expect(panels.flatMap(({ queries }) => queries).filter(({ expr }) => /\$[a-z_]/.test(expr))).toEqual([]);
  });

  it('reads colours, dashes and stacking as Grafana does', async () => {
    const panels = await readPanels(gridPanels, '4s');
    const capacity = panels.find(({ title }) => title === 'Capacity against load');
    expect(capacity?.colours.get('capacity')).toBe('red');
    expect([...(capacity?.dashed ?? [])]).toEqual(['capacity']);
    expect(panels.filter(({ stacked }) => stacked).map(({ title }) => title)).toEqual([
      'Load distribution over time',
      'Requests by outcome',
    ]);
  });

  it('names a panel that the dashboard no longer has', async () => {
    const choice = { file: 'dashboard.json', panels: [{ title: 'Weather', scraped: [] }] };
    await expect(readPanels(choice, '4s')).rejects.toThrow('dashboard.json has no panel "Weather"');
  });
});

describe('scrapedPanel', () => {
  const sample = (instance: string, outcome: string, value: number) => ({
    name: 'load_balancer_requests_total',
    labels: new Map([['outcome', outcome]]),
    value,
    instance,
  });
  const scrapes: Scrape[] = [
    { at: 10, samples: [sample('a', 'accepted', 5), sample('b', 'accepted', 1)] },
    { at: 12, samples: [sample('a', 'accepted', 9), sample('b', 'accepted', 3)] },
    { at: 14, samples: [sample('a', 'accepted', 0), sample('b', 'accepted', 3)] },
  ];

  it('draws a counter as its increase per second, and a reset as 0', async () => {
    const panel = (await readPanels(gridPanels, '4s')).find(({ title }) => title === 'Requests by outcome');
    if (panel === undefined) throw new Error('no such panel');
    const drawn = scrapedPanel(panel, scrapes, { from: 10, to: 20 });
    expect(drawn?.series).toEqual([
      {
        name: 'accepted',
        colour: 'green',
        dashed: false,
        points: [
          [2, 3],
          [4, 0],
        ],
      },
    ]);
  });

  it('leaves out panels that need PromQL', async () => {
    const panel = (await readPanels(storePanels, '4s')).find(
      ({ title }) => title === 'Response time of writes',
    );
    expect(panel && scrapedPanel(panel, scrapes, { from: 10, to: 20 })).toBeUndefined();
  });
});
