/** A command of an exercise, and what the page says that it prints. */
type Command = { kind: 'command'; command: string; output: string };

/** A change that the student makes to a file of the repository. */
export type Edit = { kind: 'edit'; file: string; before: string; after: string };

/** An exercise, as its page describes it. */
export type Exercise = {
  /** What happens, in order: the commands of the console blocks, and the edits of the diff blocks. */
  steps: (Command | Edit)[];
  /** The commands of the sh blocks, which students type. */
  typed: string[];
};

/** Reads an exercise from its page. */
export function parseExercise(markdown: string): Exercise {
  const blocks = [...markdown.matchAll(/^```(\S+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm)];
  return {
    steps: blocks.flatMap(([, language, file, text = '']): Exercise['steps'] => {
      if (language === 'console') return parseTranscript(text);
      return language === 'diff' && file !== undefined ? [parseEdit(file, text)] : [];
    }),
    typed: blocks.flatMap(([, language, , text = '']) =>
      language === 'sh' ? text.trimEnd().split('\n') : [],
    ),
  };
}

function parseTranscript(text: string): Command[] {
  return text
    .split(/^\$ /m)
    .slice(1)
    .map((part) => {
      const [command = '', ...output] = part.trimEnd().split('\n');
      return { kind: 'command', command, output: output.join('\n') };
    });
}

function parseEdit(file: string, diff: string): Edit {
  const lines = diff.trimEnd().split('\n');
  const without = (sign: string) =>
    lines
      .filter((line) => !line.startsWith(sign))
      .map((line) => line.slice(1))
      .join('\n');
  return { kind: 'edit', file, before: without('+'), after: without('-') };
}

/** Returns a pattern of an output; an ellipsis stands for any text in a line, or alone on a line for any lines. */
export function outputPattern(output: string): RegExp {
  const escaped = output
    .split('\n')
    .map((line) =>
      line === '…' ? '[^]*' : line.replace(/[.*+?^${}()|[\]\\]/g, '\\$&').replaceAll('…', '.*'),
    );
  return new RegExp(`^${escaped.join('\n')}$`);
}
