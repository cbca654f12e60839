/** @jsxRuntime automatic @jsxImportSource preact */
import { useEffect, useRef } from 'preact/hooks';
import uPlot from 'uplot';
import { kilowatts, type LoadPoint } from './model.ts';

/** In CSS pixels. */
const HEIGHT = 190;

type LoadChartProps = { history: readonly LoadPoint[]; share: number | undefined };

/** The load of the grid against what any routing could carry, over the last minutes. */
export function LoadChart({ history, share }: LoadChartProps) {
  const host = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | undefined>(undefined);
  const data = useRef<uPlot.AlignedData>([[], [], [], [], []]);
  data.current = columns(history);

  useEffect(() => {
    const element = host.current;
    if (element === null) return undefined;
    const scheme = matchMedia('(prefers-color-scheme: dark)');
    const draw = () => {
      plot.current?.destroy();
      plot.current = new uPlot(optionsFor(element), data.current, element);
    };
    const resized = new ResizeObserver(() =>
      plot.current?.setSize({ width: element.clientWidth, height: HEIGHT }),
    );
    draw();
    resized.observe(element);
    scheme.addEventListener('change', draw);
    return () => {
      resized.disconnect();
      scheme.removeEventListener('change', draw);
      plot.current?.destroy();
    };
  }, []);

  useEffect(() => plot.current?.setData(data.current), [history]);

  const words = describe(history.at(-1));
  return (
    <section class="panel" aria-labelledby="load-title">
      <div class="panel-head">
        <h2 id="load-title">Load against the bound</h2>
        <ul class="legend" aria-hidden="true">
          <li class="actual">actual</li>
          <li class="believed">believed</li>
          <li class="bound">bound</li>
          <li class="capacity">capacity</li>
        </ul>
        <span class="figures">{words}</span>
      </div>
      <div class="chart" ref={host} role="img" aria-label={`Load over the last minutes, now ${words}`} />
      <p class="soft small">
        {share !== undefined && (
          <>
            Accepted: <strong class="share">{Math.round(share * 100)} %</strong> of the most that any routing
            could have accepted.{' '}
          </>
        )}
        The bound is what was asked for, up to the capacity of the substations that answer. A refused request
        counts for as long as its session would usually last, so the bound is an estimate.
      </p>
    </section>
  );
}

function describe(point: LoadPoint | undefined): string {
  if (point === undefined) return 'no figures yet';
  const { actual, bound, capacity } = point;
  if (actual === null || bound === null) return `unknown of ${kilowatts(capacity)}`;
  return `${kilowatts(actual)}, bound ${kilowatts(bound)}, capacity ${kilowatts(capacity)}`;
}

function timeOf(seconds: number): string {
  return new Date(seconds * 1_000).toLocaleTimeString('en-GB');
}

function columns(history: readonly LoadPoint[]): uPlot.AlignedData {
  return [
    history.map(({ at }) => at / 1_000),
    history.map(({ actual }) => actual),
    history.map(({ believed }) => believed),
    history.map(({ bound }) => bound),
    history.map(({ capacity }) => capacity),
  ];
}

function optionsFor(element: HTMLElement): uPlot.Options {
  const style = getComputedStyle(element);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const font = `12px ${style.fontFamily}`;
  const axis = {
    stroke: colour('--soft'),
    font,
    grid: { stroke: colour('--rule'), width: 1 },
    ticks: { show: false },
  };
  return {
    width: element.clientWidth,
    height: HEIGHT,
    legend: { show: false },
    cursor: { show: false },
    scales: {
      // At least a minute, so that a page that has just opened does not draw one point across its width.
      x: { range: (_plot, from, to) => [Math.min(from, to - 60), to] },
      y: { range: (_plot, _from, to) => [0, Math.max(10, to * 1.08)] },
    },
    axes: [
      { ...axis, space: 80, size: 28, values: (_plot, ticks) => ticks.map(timeOf) },
      { ...axis, size: 48, values: (_plot, ticks) => ticks.map((tick) => `${tick}`) },
    ],
    series: [
      {},
      {
        stroke: colour('--accept'),
        width: 2,
        fill: `color-mix(in srgb, ${colour('--accept')} 14%, transparent)`,
        points: { show: false },
      },
      { stroke: colour('--write'), width: 1.5, dash: [4, 3], points: { show: false } },
      { stroke: colour('--ink'), width: 1.5, points: { show: false } },
      { stroke: colour('--soft'), width: 1.5, dash: [1, 3], points: { show: false } },
    ],
  };
}
