/** @jsxRuntime automatic @jsxImportSource preact */
import { type Progress, RUN_MS } from './run-grid.ts';

type ProgressChartProps = { progress: readonly Progress[]; at: number };

/** The chart's own units; it stretches to the width that there is. */
const WIDTH = 600;
const HEIGHT = 180;

/** The load accepted since the start against the most that any routing could have accepted. */
export function ProgressChart({ progress, at }: ProgressChartProps) {
  const { acceptedKw = 0, boundKw = 0 } = progress.at(-1) ?? {};
  const highest = Math.max(1, boundKw);
  const x = (ms: number) => (ms / RUN_MS) * WIDTH;
  const y = (kw: number) => HEIGHT - (kw / highest) * (HEIGHT - 8);
  const line = (kwOf: (point: Progress) => number) =>
    progress.map((point) => `${x(point.at).toFixed(1)},${y(kwOf(point)).toFixed(1)}`).join(' ');
  const accepted = line((point) => point.acceptedKw);
  return (
    <figure class="panel progress">
      <figcaption class="head">
        <h2>Accepted load against the bound</h2>
        <span class="share">
          <b>{boundKw === 0 ? '–' : `${((100 * acceptedKw) / boundKw).toFixed(1)} %`}</b>{' '}
          <span class="soft small">
            {Math.round(acceptedKw).toLocaleString('en')} of {Math.round(boundKw).toLocaleString('en')} kW
          </span>
        </span>
      </figcaption>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label="Accepted load and its bound over a minute"
      >
        <polygon class="area" points={`0,${HEIGHT} ${accepted} ${WIDTH},${HEIGHT}`} />
        <polyline class="bound" points={line((point) => point.boundKw)} />
        <polyline class="accepted" points={accepted} />
        <line class="cursor" x1={x(at)} x2={x(at)} y1="0" y2={HEIGHT} />
      </svg>
      <div class="axis small soft" aria-hidden="true">
        <span>0 s</span>
        <span>15 s</span>
        <span>30 s</span>
        <span>45 s</span>
        <span>60 s</span>
      </div>
      <ul class="key small soft">
        <li>
          <span class="swatch line-accepted" /> accepted since the start
        </li>
        <li>
          <span class="swatch line-bound" /> bound: no routing can accept more
        </li>
        <li>
          <span class="swatch belief" /> the decision above
        </li>
      </ul>
    </figure>
  );
}
