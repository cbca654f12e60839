/** @jsxRuntime automatic @jsxImportSource preact */
import { TimeChart } from '@gridclock/ui-kit/chart';

type Values<Name extends string> = { atMs: number } & Record<Name, number | undefined>;

type TwoSeriesProps<Outer extends string, Inner extends string> = {
  /** What both series are. */
  label: string;
  unit: string;
  endMs: number;
  slots: readonly Values<Outer | Inner>[];
  /** The larger values, in the background, and the smaller ones. */
  outer: Outer;
  inner: Inner;
  /** In rem. */
  height: number;
  /** The end of the axis, if charts are to be compared. */
  largest?: number;
};

/** A chart of two values over time, the smaller one within the larger, with a key of their colours. */
export function TwoSeries<Outer extends string, Inner extends string>({
  slots,
  outer,
  inner,
  ...chart
}: TwoSeriesProps<Outer, Inner>) {
  const pointsOf = (name: Outer | Inner) => slots.map((slot) => ({ atMs: slot.atMs, value: slot[name] }));
  return (
    <>
      <p class="keys">
        <span class="key context" />
        {outer}
        <span class="key main" />
        {inner}
      </p>
      <TimeChart
        {...chart}
        series={[
          { name: outer, role: 'context', points: pointsOf(outer) },
          { name: inner, role: 'main', points: pointsOf(inner) },
        ]}
      />
    </>
  );
}
