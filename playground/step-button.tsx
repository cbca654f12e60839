/** @jsxRuntime automatic @jsxImportSource preact */
import type { ComponentChildren } from 'preact';

type StepButtonProps = {
  isPossible: boolean;
  onStep: () => void;
  class?: string;
  label?: string;
  children: ComponentChildren;
};

/** A button that keeps the keyboard's focus when its last step is done. A disabled one would lose it. */
export function StepButton({ isPossible, onStep, class: more = '', label, children }: StepButtonProps) {
  return (
    <button
      type="button"
      class={`button ${more}`}
      aria-disabled={!isPossible}
      aria-label={label}
      onClick={() => isPossible && onStep()}
    >
      {children}
    </button>
  );
}
