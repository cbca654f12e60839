/** @jsxRuntime automatic @jsxImportSource preact */
import { ProcessBadge, ServiceButtons, useSuiteControl } from '@gridclock/ui-kit/live';

/** Kills, pauses and restarts nodes, where they are processes of `npm start`. */
export function NodeControls({ names, self }: { names: readonly string[]; self: string }) {
  const controls = useSuiteControl();
  const controlled = names.filter((name) => controls.states.has(name));
  if (controlled.length === 0) return null;
  return (
    <section class="panel" aria-labelledby="processes-title">
      <h2 id="processes-title">Processes</h2>
      <ul class="processes">
        {controlled.map((name) => (
          <li key={name}>
            <b>{name}</b>
            <ProcessBadge state={controls.states.get(name)} />
            {name === self && <span class="soft small">serves this page</span>}
            <ServiceButtons name={name} controls={controls} isSelf={name === self} />
          </li>
        ))}
      </ul>
      {controls.problem !== undefined && (
        <p class="notice" role="alert">
          {controls.problem}
        </p>
      )}
    </section>
  );
}
