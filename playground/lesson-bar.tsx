/** @jsxRuntime automatic @jsxImportSource preact */
import type { Lesson } from './lesson.ts';

type LessonBarProps = { lessons: readonly Lesson[]; chosen: string | undefined };

/** The lessons as links. The text of the chosen one stays while its student plays on. */
export function LessonBar({ lessons, chosen }: LessonBarProps) {
  const lesson = lessons.find(({ id }) => id === chosen);
  return (
    <section class="lessons" aria-label="Lessons">
      <ol class="lesson-links">
        {lessons.map(({ id, title, fragment }, index) => (
          <li key={id}>
            <a href={`#${fragment}`} class="lesson-link" aria-current={id === chosen ? 'true' : undefined}>
              <span class="number">{index + 1}</span> {title}
            </a>
          </li>
        ))}
      </ol>
      {lesson !== undefined && (
        <div class="lesson card">
          <p>{lesson.story}</p>
          <div>
            <h2>Try</h2>
            <ul>
              {lesson.tries.map((text) => (
                <li key={text}>{text}</li>
              ))}
            </ul>
          </div>
        </div>
      )}
    </section>
  );
}
