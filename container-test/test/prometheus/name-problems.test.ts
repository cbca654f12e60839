import { expect, it } from 'vitest';
import { nameProblems } from '../../src/prometheus/name-problems.ts';

const query = { kind: 'panel' as const, title: 'Peer lag', expr: 'lag', isTable: false };

it('accepts series whose labels fill the legend', () => {
  const series = [
    { instance: 'node1', peer: 'node2' },
    { instance: 'node1', peer: 'node3' },
  ];
  expect(nameProblems({ ...query, legend: '{{instance}} to {{ peer }}' }, series)).toEqual([]);
});

it('accepts one series under a fixed name', () => {
  expect(nameProblems({ ...query, legend: 'p99' }, [{}])).toEqual([]);
});

it('accepts table rows under the name of their column', () => {
  const series = [{ instance: 'node1' }, { instance: 'node2' }];
  expect(nameProblems({ ...query, isTable: true, legend: 'Lag' }, series)).toEqual([]);
});

it.each([
  { flaw: 'no legend', legend: ' ', series: [{}], problem: 'Peer lag has no legend: lag' },
  {
    flaw: 'a legend with a label that a series lacks',
    legend: '{{instance}}',
    series: [{ instance: 'node1' }, {}],
    problem: 'Peer lag has a series without instance for its legend {{instance}}: lag',
  },
  {
    flaw: 'a legend with an empty label',
    legend: '{{instance}}',
    series: [{ instance: '' }],
    problem: 'Peer lag has a series without instance for its legend {{instance}}: lag',
  },
  {
    flaw: 'two series of the same name',
    legend: 'lag',
    series: [{ instance: 'node1' }, { instance: 'node2' }],
    problem: 'Peer lag has 2 series, but only 1 names by the legend lag: lag',
  },
])('reports $flaw', ({ legend, series, problem }) => {
  expect(nameProblems({ ...query, legend }, series)).toEqual([problem]);
});
