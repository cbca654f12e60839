/** @jsxRuntime automatic @jsxImportSource preact */
import { type Provenance, ProvenanceList, reportDocument } from '@gridclock/ui-kit/report';
import { formatDuration } from '../../space-time/format-clock.ts';
import { Definitions } from '../../space-time/legend.tsx';
import { formatFindings, summarizeCheck } from '../history/findings.ts';
import type { SoakReport } from '../soak/run-soak.ts';
import { ViolationView, verdictStyle } from '../verdict-picture/verdict-view.tsx';
import { nameFault } from './explain-fault.ts';
import { FaultBands } from './fault-bands.tsx';
import { type DetailedFault, recoveryMs } from './fault-log.ts';
import { FaultView, formatRecovery } from './fault-view.tsx';
import { formatAt } from './format-at.ts';
import { OperationCharts } from './operation-charts.tsx';
import type { SoakTimeline } from './soak-recorder.ts';

export type SoakPage = {
  /** The options of the run, in words. */
  plan: string;
  report: SoakReport;
  timeline: SoakTimeline;
  provenance?: Provenance;
};

/** 4 MB: a browser opens it at once. However long the soak, faults lose their zooms before the page grows beyond. */
export const MAX_PAGE_BYTES = 4_000_000;

/** One page of paper; more findings are rarely of another kind. */
const FINDINGS_SHOWN = 40;

const styles = [
  new URL('../../space-time/space-time.css', import.meta.url),
  verdictStyle,
  new URL('soak-page.css', import.meta.url),
];

/** Builds a self-contained page of a soak: the whole run, a zoom into each fault, and the findings. */
export function soakPage(page: SoakPage): string {
  let zooms = page.timeline.faults.detailed;
  for (;;) {
    const html = render(page, zooms);
    if (Buffer.byteLength(html) <= MAX_PAGE_BYTES || zooms.length === 0) return html;
    // Those that took longest to recover come first.
    zooms = zooms.slice(0, Math.floor(zooms.length * 0.8));
  }
}

function render({ plan, report, timeline, provenance }: SoakPage, zooms: readonly DetailedFault[]): string {
  const { endMs, faults, nodes, slots, startedAt } = timeline;
  const passed = report.findings.length === 0;
  const inOrder = zooms.toSorted((left, right) => left.number - right.number);
  const linked = new Set(inOrder.map(({ number }) => number));
  return reportDocument({
    title: 'Soak',
    styles,
    children: (
      <>
        <h1>Soak</h1>
        <p class={`verdict ${passed ? 'pass' : 'fail'}`}>
          {passed ? 'Every guarantee held' : `${report.findings.length} findings`}
        </p>
        <p class="plan">{plan}</p>
        {provenance !== undefined && <ProvenanceList {...provenance} />}
        <Facts report={report} timeline={timeline} />
        {!passed && <Findings report={report} />}
        <section class="card" id="run">
          <h2>The whole run</h2>
          <OperationCharts of="over the run" slots={slots} startMs={0} endMs={endMs} height={10} />
          <FaultBands faults={faults.logged} endMs={endMs} linked={linked} />
          <p class="soft small">
            A dark band is a fault, the light one after it the time until the nodes served again with every
            write that any node had when the fault ended. Click a band to zoom in. Sessions wait for each
            answer before they send the next request, so a fault shows as fewer operations before it shows as
            slow ones.
          </p>
        </section>
        <Definitions />
        {inOrder.map((fault, index) => (
          <FaultView
            fault={fault}
            previous={inOrder[index - 1]}
            next={inOrder[index + 1]}
            all={faults.logged}
            endMs={endMs}
            startedAt={startedAt}
            nodes={nodes}
            key={fault.number}
          />
        ))}
        <section class="card faults">
          <h2>Faults</h2>
          <p class="soft small">{describeSelection(faults.count, inOrder.length)}</p>
          <FaultTable faults={inOrder} />
        </section>
      </>
    ),
  });
}

function describeSelection(count: number, shown: number): string {
  if (count === shown) return 'Click a fault to zoom in. On paper, the one that is open is printed.';
  return `${shown} of ${count} faults, those that took longest to recover. Click one to zoom in; on paper, the one that is open is printed.`;
}

function Facts({ report, timeline: { p50, p99, faults } }: Pick<SoakPage, 'report' | 'timeline'>) {
  const { operations, failures, elapsedMs, check } = report;
  const slowest = faults.detailed[0];
  const rows: (readonly [string, string])[] = [
    ['operations', `${operations}, ${Math.round((operations * 1_000) / Math.max(1, elapsedMs))} per second`],
    ['failed requests', `${failures}`],
    ['latency p50, p99', [p50, p99].map((ms) => (ms === undefined ? 'none' : formatDuration(ms))).join(', ')],
    ['faults', `${faults.count}`],
    [
      'slowest recovery',
      slowest === undefined ? 'none' : `${formatRecovery(slowest)}: ${nameFault(slowest.fault)}`,
    ],
    ...summarizeCheck(check),
  ];
  return (
    <dl class="figures">
      {rows.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function Findings({ report: { findings, check } }: { report: SoakReport }) {
  return (
    <section class="card">
      <h2>Findings</h2>
      {check.violation !== undefined && <ViolationView violation={check.violation} />}
      <ul class="verdict-steps">
        {formatFindings(findings, FINDINGS_SHOWN).map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

function FaultTable({ faults }: { faults: readonly DetailedFault[] }) {
  return (
    <table>
      <thead>
        <tr>
          <th scope="col">began</th>
          <th scope="col">fault</th>
          <th scope="col">lasted</th>
          <th scope="col">recovered after</th>
        </tr>
      </thead>
      <tbody>
        {faults.map((one) => {
          const { number, fault, beganMs, endedMs } = one;
          const recovery = recoveryMs(one);
          return (
            <tr key={number}>
              <td>{formatAt(beganMs)}</td>
              <th scope="row">
                <a href={`#fault-${number}`}>{nameFault(fault)}</a>
              </th>
              <td>{endedMs === undefined ? '' : formatDuration(endedMs - beganMs)}</td>
              <td>{Number.isFinite(recovery) ? formatDuration(recovery) : 'not'}</td>
            </tr>
          );
        })}
      </tbody>
    </table>
  );
}
