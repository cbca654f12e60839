/** @jsxRuntime automatic @jsxImportSource preact */
import { faultKinds } from '@gridclock/simulation-kit';
import { nameFault } from './explain-fault.ts';
import type { LoggedFault } from './fault-log.ts';
import { formatAt } from './format-at.ts';

type FaultBandsProps = {
  faults: readonly LoggedFault[];
  endMs: number;
  /** The numbers of the faults that have a zoom. */
  linked: ReadonlySet<number>;
};

/** A row for each kind of fault, on the time axis of the charts above, with a band for each fault. */
export function FaultBands({ faults, endMs, linked }: FaultBandsProps) {
  const kinds = faultKinds.filter((kind) => faults.some(({ fault }) => fault.kind === kind));
  const left = (ms: number) => `${round((100 * ms) / endMs)}%`;
  return (
    <ul class="fault-bands" aria-label="Faults over the run">
      {kinds.map((kind) => {
        const ofKind = faults.filter(({ fault }) => fault.kind === kind);
        return (
          <li key={kind}>
            <span class="kind">{kind}</span>
            <span class="row">
              {mergeBands(ofKind, linked, endMs).map(({ fromMs, toMs }) => (
                <span
                  class="band"
                  style={{ left: left(fromMs), width: left(toMs - fromMs) }}
                  key={`merged ${fromMs}`}
                />
              ))}
              {ofKind
                .filter(({ number }) => linked.has(number))
                .map((one) => (
                  <Band fault={one} endMs={endMs} left={left} key={one.number} />
                ))}
            </span>
          </li>
        );
      })}
    </ul>
  );
}

type BandProps = { fault: LoggedFault; endMs: number; left: (ms: number) => string };

function Band({ fault: { number, fault, beganMs, endedMs = beganMs, recoveredMs }, endMs, left }: BandProps) {
  const name = `${nameFault(fault)} at ${formatAt(beganMs)}`;
  return (
    <>
      <span
        class="band recovery"
        style={{ left: left(endedMs), width: left((recoveredMs ?? endMs) - endedMs) }}
      />
      <a
        class="band"
        href={`#fault-${number}`}
        style={{ left: left(beganMs), width: left(endedMs - beganMs) }}
        title={name}
      >
        <span class="hidden-text">{name}</span>
      </a>
    </>
  );
}

/** The narrowest gap that a screen shows, as a share of the run. */
const NARROWEST = 1 / 400;

/** Joins the bands of one kind that have no zoom, so that a row has no more than a screen shows. */
function mergeBands(
  faults: readonly LoggedFault[],
  linked: ReadonlySet<number>,
  endMs: number,
): { fromMs: number; toMs: number }[] {
  const merged: { fromMs: number; toMs: number }[] = [];
  for (const { number, beganMs, endedMs = beganMs } of faults) {
    if (linked.has(number)) continue;
    const last = merged.at(-1);
    if (last !== undefined && beganMs - last.toMs < NARROWEST * endMs)
      last.toMs = Math.max(last.toMs, endedMs);
    else merged.push({ fromMs: beganMs, toMs: endedMs });
  }
  return merged;
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
