import { createRequire } from 'node:module';
import { describe, expect, it } from 'vitest';
import { schemaProblems } from '../support/grafana-schema/schema-problems.ts';
import { readCompose, readDashboardText } from '../support/suite-files.ts';

const { version } = createRequire(import.meta.url)('@grafana/schema/package.json');

describe(`the schema of Grafana ${version}`, () => {
  it('belongs to the image in docker-compose.yml', () => {
    const { grafana } = readCompose('smart-grid-load-balancer').services;
    expect(grafana?.image).toBe(`$\{GRAFANA_IMAGE:-grafana/grafana:${version}}`);
  });

  it.each(['dashboard.json', 'store-dashboard.json'])('accepts %s', (name) => {
    expect(schemaProblems(JSON.parse(readDashboardText(name)))).toEqual([]);
  });

  it.each([
    { flaw: 'a missing property', from: '"schemaVersion": 42,', to: '', problem: /'schemaVersion'/ },
    { flaw: 'an unknown type of panel', from: '"bargauge"', to: '"bars"', problem: /no options.*bars/ },
    { flaw: 'an unknown option', from: '"graphMode"', to: '"graph"', problem: /options.*stat.*"graph"/ },
    { flaw: 'an unknown field', from: '"fillOpacity"', to: '"opacity"', problem: /custom.*"opacity"/ },
    {
      flaw: 'a wrong value',
      from: '"showPoints": "never"',
      to: '"showPoints": 0',
      problem: /showPoints.*string/,
    },
    {
      flaw: 'an unknown property of a query',
      from: '"legendFormat"',
      to: '"name"',
      problem: /targets.*"name"/,
    },
    {
      flaw: 'an unknown property of a variable',
      from: '"allValue"',
      to: '"all"',
      problem: /templating.*"all"/,
    },
    {
      flaw: 'an unknown property of a marker',
      from: '"tagKeys"',
      to: '"tags"',
      problem: /annotations.*"tags"/,
    },
    {
      flaw: 'an override of an unknown field',
      from: '"custom.lineStyle"',
      to: '"custom.style"',
      problem: /"style"/,
    },
    {
      flaw: 'an override with a wrong value',
      from: '"type": "gauge",',
      to: '"type": "dial",',
      problem: /cellOptions/,
    },
  ])('rejects $flaw', ({ from, to, problem }) => {
    const text = readDashboardText('dashboard.json');
    expect(text).toContain(from);
    const problems = schemaProblems(JSON.parse(text.replaceAll(from, to)));
    expect(problems).toContainEqual(expect.stringMatching(problem));
  });
});
