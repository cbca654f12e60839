/** @jsxRuntime automatic @jsxImportSource preact */
import { useEffect, useRef, useState } from 'preact/hooks';
import { charge } from './charges.ts';
import { bounded, dueAfter, MOST_PER_S, MOST_SECONDS, priorityOf, type Rush } from './rush.ts';

/** 100 ms: smooth at the highest rate. */
const TICK_MS = 100;

/** 60: a grid that answers slowly must not pile up requests in the browser. */
const MOST_OPEN = 60;

type Progress = { rush: Rush; leftS: number; sent: number };

const fields = [
  { name: 'ratePerS', label: 'requests/s', max: MOST_PER_S, value: '8' },
  { name: 'seconds', label: 'for, s', max: MOST_SECONDS, value: '30' },
  { name: 'largestKw', label: 'up to, kW', max: 1_000, value: '22' },
  { name: 'high', label: 'high, %', max: 100, value: '20' },
  { name: 'normal', label: 'normal, %', max: 100, value: '50' },
  { name: 'low', label: 'low, %', max: 100, value: '30' },
] as const;

/** A rush hour from this page. It stops by itself, and when the page closes. */
export function RushForm() {
  const [progress, setProgress] = useState<Progress>();
  const stop = useRef<() => void>(() => {});
  useEffect(() => () => stop.current(), []);
  const start = (form: HTMLFormElement) => {
    const typed = new FormData(form);
    const figure = (name: string) => Number(typed.get(name));
    const rush = bounded({
      ratePerS: figure('ratePerS'),
      seconds: figure('seconds'),
      largestKw: figure('largestKw'),
      mix: { high: figure('high'), normal: figure('normal'), low: figure('low') },
    });
    stop.current = run(rush, setProgress);
  };
  return (
    <section class="panel" aria-labelledby="rush-title">
      <h2 id="rush-title">Rush hour</h2>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (progress === undefined) start(event.currentTarget);
          else stop.current();
        }}
      >
        <div class="fields three">
          {fields.map(({ label, max, name, value }) => (
            <label key={name}>
              {label}
              <input
                name={name}
                type="number"
                min={max === 100 ? 0 : 1}
                max={max}
                defaultValue={value}
                required
                disabled={progress !== undefined}
              />
            </label>
          ))}
        </div>
        <div class="buttons">
          <button type="submit" class={`button ${progress === undefined ? 'primary' : ''}`}>
            {progress === undefined ? 'Start rush hour' : 'Stop rush hour'}
          </button>
          <span class="soft small" role="status">
            {progress === undefined
              ? 'It stops by itself.'
              : `${Math.ceil(progress.leftS)} s left, ${progress.sent} sent`}
          </span>
        </div>
      </form>
    </section>
  );
}

/** Sends a rush hour's requests. Returns a function that stops it. */
function run(rush: Rush, onProgress: (progress: Progress | undefined) => void): () => void {
  const startedAt = performance.now();
  let sent = 0;
  let open = 0;
  const timer = setInterval(() => {
    const elapsedMs = performance.now() - startedAt;
    for (let due = dueAfter(rush, elapsedMs, sent); due > 0; due -= 1) {
      sent += 1;
      if (open >= MOST_OPEN) continue;
      open += 1;
      void charge({
        vehicle_id: `rush-${sent}`,
        charge_amount: 1 + Math.round(Math.random() * (rush.largestKw - 1)),
        priority: priorityOf(rush.mix, Math.random()),
      }).finally(() => (open -= 1));
    }
    const leftS = rush.seconds - elapsedMs / 1_000;
    if (leftS <= 0) stop();
    else onProgress({ rush, leftS, sent });
  }, TICK_MS);
  const stop = () => {
    clearInterval(timer);
    onProgress(undefined);
  };
  onProgress({ rush, leftS: rush.seconds, sent });
  return stop;
}
