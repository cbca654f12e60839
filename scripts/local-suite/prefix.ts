import { styleText } from 'node:util';

/** Puts a service's name before its lines, all names equally wide. */
export function prefixer(names: readonly string[]): (name: string, line: string) => string {
  const width = Math.max(...names.map((name) => name.length));
  const colours = ['cyan', 'green', 'yellow'] as const;
  return (name, line) => {
    const colour = colours[names.indexOf(name) % colours.length] ?? 'cyan';
    return `${styleText(colour, name.padEnd(width))} ${styleText('dim', '|')} ${line}`;
  };
}
