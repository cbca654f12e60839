import { describe, expect, it } from 'vitest';
import { gridDocument } from '../../scripts/report/documents/grid-document.ts';
import { storeDocument } from '../../scripts/report/documents/store-document.ts';
import { typeset } from '../../scripts/report/typeset.ts';
import { readGridRun, readStoreRun } from '../support/stored-runs.ts';

const at = new Date('2026-11-27T06:00:00Z');

/** Would stop the compiler, or change what follows, if any of it were read as markup or code. */
const hostile = '#panic("evaluated") ] } $ * _ ` @nobody <label> \\ " // /* #import "/x.typ": *';

describe('typeset', () => {
  it('takes no text of a run for markup or code', async () => {
    const run = await readStoreRun();
    const scenarios = run.scenarios.map((scenario) => ({
      ...scenario,
      claim: hostile,
      meaning: hostile,
      seen: hostile,
      steps: scenario.steps.map((step) => ({ ...step, text: hostile, result: { [hostile]: hostile } })),
      events: scenario.events.map((event) =>
        'write' in event ? { ...event, write: { ...event.write, value: JSON.stringify(hostile) } } : event,
      ),
    }));
    const soak = { ...run.soak, findings: [hostile], faults: { [hostile]: 1 } };
    const origin = { ...run.origin, commit: hostile };
    const panels = run.panels.panels.map((panel) => ({ ...panel, title: hostile, unit: hostile }));
    const content = await storeDocument({
      ...run,
      origin,
      scenarios,
      soak,
      panels: { ...run.panels, panels, version: hostile },
    });
    const { pages } = await typeset('store.typ', content, at);
    expect(pages).toBeGreaterThan(5);
  });

  it('sets the same file from the same data', async () => {
    const content = await gridDocument(await readGridRun());
    const [first, second] = [await typeset('grid.typ', content, at), await typeset('grid.typ', content, at)];
    expect(first.pdf.equals(second.pdf)).toBe(true);
  });

  it('sets runs in which everything went wrong', async () => {
    const store = await readStoreRun();
    const scenarios = store.scenarios.map(({ seen: _seen, ...scenario }) => ({
      ...scenario,
      passed: false,
      events: [],
      steps: [{ kind: 'failed' as const, text: 'node3 does not respond' }],
    }));
    const soak = {
      ...store.soak,
      findings: Array.from({ length: 100 }, (_, index) => `finding ${index}`),
      faults: {},
    };
    const failedStore = { ...store, scenarios, soak, panels: { ...store.panels, panels: [] } };
    const { boundKw: _bound, reconciliation: _counters, ...grid } = await readGridRun();
    const failedGrid = {
      ...grid,
      passed: false,
      run: { records: [], samples: [], durationMs: 100 },
      panels: { ...grid.panels, panels: [] },
    };
    expect((await typeset('store.typ', await storeDocument(failedStore), at)).pages).toBeGreaterThan(4);
    expect((await typeset('grid.typ', await gridDocument(failedGrid), at)).pages).toBeGreaterThan(4);
  });

  it('names the file and the place of a complaint', async () => {
    await expect(typeset('store.typ', {}, at)).rejects.toThrow(/^store\.typ:\d+:\d+: /);
  });
});
