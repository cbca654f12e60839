/** @jsxRuntime automatic @jsxImportSource preact */
import { type Provenance, ProvenanceList, reportDocument } from '@gridclock/ui-kit/report';
import { formatDuration } from '../../space-time/format-clock.ts';
import { type Layout, layOut } from '../../space-time/layout.ts';
import { Definitions, Legend } from '../../space-time/legend.tsx';
import type { Recording } from '../../space-time/recording.ts';
import { SpaceTime } from '../../space-time/space-time.tsx';
import type { TracedEvent, WriteSummary } from '../../trace/event.ts';
import type { Step } from '../scenarios/run-scenarios.ts';

/** One part of a run, such as a scenario. */
export type Section = {
  name: string;
  summary: string;
  passed: boolean;
  /** What the run has seen, and what that is good for; see Scenario. */
  seen?: string | undefined;
  meaning?: string | undefined;
  steps: readonly Step[];
  recording: Recording;
  /** The common prefix of its keys, which the diagram omits. */
  keyPrefix?: string;
};

const styles = [
  new URL('../../space-time/space-time.css', import.meta.url),
  new URL('report-page.css', import.meta.url),
];

/** Builds a self-contained page with a diagram of each section. */
export function reportPage(title: string, sections: readonly Section[], provenance?: Provenance): string {
  const passed = sections.filter((section) => section.passed).length;
  const drawn = sections.map((section) => ({ section, layout: layOutSection(section) }));
  return reportDocument({
    title,
    styles,
    children: (
      <>
        <header>
          <h1>{title}</h1>
          <p class={`verdict ${passed === sections.length ? 'pass' : 'fail'}`}>
            {passed} of {sections.length} passed
          </p>
          {provenance !== undefined && <ProvenanceList {...provenance} />}
          {sections.length > 1 && (
            <nav aria-label="Sections">
              {sections.map(({ name }, index) => (
                <a class="button" href={`#run-${index}`} key={name}>
                  {name}
                </a>
              ))}
            </nav>
          )}
          <p class="soft reading">
            Time runs downwards, with one lane per node. Rows follow the order of events, not the clock: where
            the time jumps, a band says by how much. Hover over a mark for its full text. The clock beside a
            write counts writes; the one in a log for ShiViz (<code>--shiviz</code>) counts events.
          </p>
          <Legend lanes={drawn[0]?.layout.lanes ?? []} />
        </header>
        <Definitions />
        {drawn.map(({ section, layout }, index) => (
          <SectionView section={section} layout={layout} id={`run-${index}`} key={section.name} />
        ))}
      </>
    ),
  });
}

/** Arranges the diagram of a section. */
export function layOutSection({ recording, keyPrefix = '' }: Section): Layout {
  const events = recording.events.map((event) => trimKeys(event, keyPrefix));
  return layOut({ ...recording, events }, { isSliced: true });
}

/** A section with its claim, its steps and its diagram. */
export function SectionView({ section, layout, id }: { section: Section; layout: Layout; id: string }) {
  const { name, passed, steps, recording } = section;
  const startedAt = layout.marks[0]?.event.at ?? 0;
  return (
    <section class="card" id={id}>
      <header>
        <div class="head">
          <h2>{name}</h2>
          <span class={`badge result ${passed ? 'accept' : 'reject'}`}>{passed ? 'PASS' : 'FAIL'}</span>
        </div>
        <Claim section={section} />
        <Facts layout={layout} />
        {notices(recording, layout).map((text) => (
          <p class="notice" key={text}>
            {text}
          </p>
        ))}
        <details open={!passed}>
          <summary>{steps.length === 1 ? '1 step' : `${steps.length} steps`}</summary>
          <StepList steps={steps} />
        </details>
        {/* Closed details cannot be opened by a style sheet: paper gets a list of its own. */}
        <div class="on-paper">
          <StepList steps={steps} />
        </div>
      </header>
      {layout.marks.length > 0 && (
        <SpaceTime
          layout={layout}
          label={`Diagram of ${name}`}
          formatTime={(at) => formatDuration(at - startedAt)}
        />
      )}
    </section>
  );
}

/** What the section claims, has seen and means, as the command line prints it. */
function Claim({ section: { summary, seen, meaning } }: { section: Section }) {
  if (seen === undefined) return <p>{summary}</p>;
  const rows = [
    ['claim', summary],
    ['seen', seen],
    ['means', meaning],
  ];
  return (
    <dl class="claim">
      {rows.map(
        ([name, text]) =>
          text !== undefined && (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{text}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

function StepList({ steps }: { steps: readonly Step[] }) {
  return (
    <ol class="steps">
      {steps.map(({ kind, text, result }, index) => (
        <li class={kind} key={`${index} ${text}`}>
          {text} {result !== undefined && <code>{JSON.stringify(result)}</code>}
        </li>
      ))}
    </ol>
  );
}

function Facts({ layout: { marks, messages, waits, faults } }: { layout: Layout }) {
  const count = (kind: TracedEvent['kind']) => marks.filter(({ event }) => event.kind === kind).length;
  const waitsMs = waits.flatMap(({ from, to }) => (to === undefined ? [] : [to.at - from.at]));
  return (
    <p class="facts">
      <span>
        <b>{count('write')}</b> writes
      </span>
      <span>
        <b>{messages.length}</b> messages
      </span>
      <span>
        <b>{count('deliver')}</b> deliveries
      </span>
      <span class="waits">
        <b>{waits.length}</b> buffered
        {waitsMs.length > 0 && (
          <>
            , for at most <b>{formatDuration(Math.max(...waitsMs))}</b>
          </>
        )}
      </span>
      <span>
        <b>{faults.length}</b> link faults
      </span>
    </p>
  );
}

/** Explains what the diagram does not show. */
function notices({ gaps }: Recording, { omitted, marks, waits }: Layout): string[] {
  const open = waits.filter(({ to }) => to === undefined).length;
  return [
    ...gaps.map(
      ({ host, from, to }) =>
        `Events ${from} to ${to} of ${host} are lost: its process exited, or they no longer fit in its trace. Their effects are shown without these causes.`,
    ),
    ...(omitted > 0 ? [`The last ${omitted} events are neither drawn nor counted.`] : []),
    ...(open > 0 ? [`Still in a buffer at the end: ${open} ${open === 1 ? 'write' : 'writes'}.`] : []),
    ...(marks.length === 0 ? ['No events were recorded.'] : []),
  ];
}

function trimKeys(event: TracedEvent, prefix: string): TracedEvent {
  const trim = <Summary extends WriteSummary>(write: Summary): Summary =>
    write.key.startsWith(prefix) ? { ...write, key: write.key.slice(prefix.length) } : write;
  if ('write' in event) return { ...event, write: trim(event.write) };
  return 'writes' in event ? { ...event, writes: event.writes.map(trim) } : event;
}
