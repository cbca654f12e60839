/** @jsxRuntime automatic @jsxImportSource preact */
import { type Hint, type Shade, TimeChart } from '@gridclock/ui-kit/chart';
import { formatDuration } from '../../space-time/format-clock.ts';
import { formatAt } from './format-at.ts';
import type { SlotSummary } from './operation-slots.ts';

type OperationChartsProps = {
  /** What the charts are of, for screen readers. */
  of: string;
  slots: readonly SlotSummary[];
  startMs: number;
  endMs: number;
  shades?: readonly Shade[];
  /** Of each chart, in rem. */
  height: number;
};

/** Throughput and latency over the same time. */
export function OperationCharts({ of, slots, height, ...axis }: OperationChartsProps) {
  const rate = ({ atMs, lengthMs }: SlotSummary, count: number) => ({
    atMs,
    value: Math.round((count * 10_000) / lengthMs) / 10,
  });
  const common = { ...axis, height, hints: slots.map(hint) };
  return (
    <>
      <p class="keys">
        <span class="key main" /> operations per second <span class="key bad" /> failed
      </p>
      <TimeChart
        {...common}
        label={`Operations per second, ${of}`}
        unit="1/s"
        series={[
          { name: 'succeeded', role: 'main', points: slots.map((slot) => rate(slot, slot.succeeded)) },
          { name: 'failed', role: 'bad', points: slots.map((slot) => rate(slot, slot.failed)) },
        ]}
      />
      <p class="keys">
        <span class="key context" /> p99 latency <span class="key main" /> p50
      </p>
      <TimeChart
        {...common}
        label={`Latency, ${of}`}
        unit="ms"
        scale="log"
        series={[
          { name: 'p99', role: 'context', points: slots.map(({ atMs, p99 }) => ({ atMs, value: p99 })) },
          { name: 'p50', role: 'main', points: slots.map(({ atMs, p50 }) => ({ atMs, value: p50 })) },
        ]}
      />
    </>
  );
}

function hint({ atMs, lengthMs, succeeded, failed, p50, p99 }: SlotSummary): Hint {
  const latency =
    p50 === undefined || p99 === undefined ? '' : `, p50 ${formatDuration(p50)}, p99 ${formatDuration(p99)}`;
  const text = `${formatAt(atMs)}: ${Math.round((succeeded * 1_000) / lengthMs)} per second, ${failed} failed${latency}`;
  return { fromMs: atMs, toMs: atMs + lengthMs, text };
}
