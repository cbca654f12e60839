/** @jsxRuntime automatic @jsxImportSource preact */
import type { ComponentChildren } from 'preact';

/** Wraps wide content so that it scrolls independently of the page. Focusable, so that the keyboard can scroll it too. */
export function Scrollable({ label, children }: { label: string; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: the keyboard scrolls it.
    <section class="scroll" tabIndex={0} aria-label={label}>
      {children}
    </section>
  );
}
