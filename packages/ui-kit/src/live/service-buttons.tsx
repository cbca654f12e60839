/** @jsxRuntime automatic @jsxImportSource preact */
import { actionsIn, type ControlAction, type ServiceState } from './controlled-service.ts';
import type { SuiteControls } from './use-suite-control.ts';

const words: Record<ControlAction, string> = {
  kill: 'Kill',
  pause: 'Pause',
  resume: 'Resume',
  restart: 'Restart',
};

const hints: Record<ControlAction, string> = {
  kill: 'Ends the process at once, as a crash does',
  pause: 'Stops the process, as a machine that hangs',
  resume: 'Lets the process continue',
  restart: 'Starts the process; kills it first if it runs',
};

type ServiceButtonsProps = {
  name: string;
  controls: SuiteControls;
  /** Whether this page comes from the service: it can be restarted only, because its page could not bring it back. */
  isSelf?: boolean;
};

/** The buttons that kill, pause and restart a process; nothing where no runner offers it. */
export function ServiceButtons({ controls, isSelf = false, name }: ServiceButtonsProps) {
  const state = controls.states.get(name);
  if (state === undefined) return null;
  const actions = actionsIn(state).filter((action) => !isSelf || action === 'restart');
  return (
    <span class="service-buttons">
      {actions.map((action) => (
        <button
          type="button"
          class="button small"
          key={action}
          title={hints[action]}
          aria-label={`${words[action]} ${name}`}
          onClick={() => controls.act(name, action)}
        >
          {words[action]}
        </button>
      ))}
    </span>
  );
}

/** How a process is, unless it just runs. */
export function ProcessBadge({ state }: { state: ServiceState | undefined }) {
  if (state === undefined || state === 'running') return null;
  return <span class={`badge ${state === 'starting' ? 'wait' : 'fault'}`}>{state}</span>;
}
