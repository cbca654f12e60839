/** @jsxRuntime automatic @jsxImportSource preact */
import type { Provenance } from './provenance.ts';

/** Says on a report where it comes from. */
export function ProvenanceList({ at, command, commit }: Provenance) {
  return (
    <dl class="provenance">
      <div>
        <dt>made</dt>
        <dd>
          <time dateTime={at.toISOString()}>{at.toISOString().slice(0, 19).replace('T', ' ')} UTC</time>
        </dd>
      </div>
      {commit !== undefined && (
        <div>
          <dt>from commit</dt>
          <dd>
            <code>{commit}</code>
          </dd>
        </div>
      )}
      <div>
        <dt>with</dt>
        <dd>
          <code>{command}</code>
        </dd>
      </div>
    </dl>
  );
}
