/** @jsxRuntime automatic @jsxImportSource preact */
import type { Belief } from './decision-recorder.ts';
import { nameOf } from './explain-decision.ts';

type SubstationBarProps = {
  id: string;
  capacityKw: number;
  trueKw: number;
  belief: Belief | undefined;
  requestKw: number;
  /** 1 for the substation asked first; 0 if it was not asked. */
  order: number;
  accepted: boolean | undefined;
};

/** A substation as a bar against its capacity: the true load, and the load that the balancer believes. */
export function SubstationBar(props: SubstationBarProps) {
  const { id, capacityKw, trueKw, belief, requestKw, order, accepted } = props;
  const share = (kw: number) => `${Math.min(100, (100 * kw) / capacityKw)}%`;
  const believed = belief === undefined ? undefined : Math.round(belief.load * 10) / 10;
  const isWrong = believed !== undefined && Math.abs(believed - trueKw) >= 1;
  return (
    <div class={`substation ${order > 0 ? 'asked' : ''}`}>
      <div class="substation-head">
        <b>{nameOf(id)}</b>
        <span class="soft small">
          {trueKw} of {capacityKw} kW{isWrong ? `, believed ${believed}` : ''}
        </span>
        {order > 0 && (
          <span class={`badge ${accepted ? 'accept' : 'reject'}`}>
            {order}. {accepted ? 'accepts' : 'refuses'}
          </span>
        )}
      </div>
      <div class="bar-track" aria-hidden="true">
        <span class="fill" style={{ width: share(trueKw) }} />
        {order > 0 && (
          <span
            class={`request ${accepted ? 'taken' : 'refused'}`}
            style={{ left: share(trueKw), width: share(Math.min(requestKw, capacityKw - trueKw)) }}
          />
        )}
        {belief !== undefined && <span class="believed" style={{ left: share(Math.max(0, belief.load)) }} />}
      </div>
    </div>
  );
}
