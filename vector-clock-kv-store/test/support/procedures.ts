import { readFileSync } from 'node:fs';

/** A step of a documented procedure: starting or stopping nodes, or commands for a shell. */
export type Step =
  | { do: 'start'; nodes: string[]; variables: Record<string, string> }
  | { do: 'stop'; nodes: string[] }
  | { do: 'run'; script: string };

const document = readFileSync(new URL('../../../docs/operations.md', import.meta.url), 'utf8');

/** The sections of docs/operations.md that are no procedures. */
const otherSections = ['Alerts', 'Capacity planning'];

/** The titles of all procedures in docs/operations.md. */
export const procedureTitles = [...document.matchAll(/^## (.+)$/gm)]
  .map(([, title = '']) => title)
  .filter((title) => !otherSections.includes(title));

/** The command that starts a node as a process. */
export const [, startCommand = ''] =
  /^\| start a node \|.*\| `([^`]+)` with its variables/m.exec(document) ?? [];

/** Reads the steps of a procedure: `N. Stop `node1`.`, `N. Start `node1` with `NAME=value`.`, and blocks of `sh`. */
export function procedure(title: string): Step[] {
  const [, section = ''] = document.split(`\n## ${title}\n`);
  const [text = ''] = section.split('\n## ');
  const steps = [...text.matchAll(/^\d+\. (Start|Stop) (.+)$|^( *)```sh\n([\s\S]*?)```/gm)].map(
    ([, verb, rest = '', indent = '', script = '']): Step => {
      if (verb === undefined)
        return { do: 'run', script: script.replaceAll(new RegExp(`^${indent}`, 'gm'), '') };
      const quoted = [...rest.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name);
      const nodes = quoted.filter((name) => !name.includes('='));
      if (verb === 'Stop') return { do: 'stop', nodes };
      const assignments = quoted.filter((name) => name.includes('='));
      const variables = Object.fromEntries(
        assignments.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
      );
      return { do: 'start', nodes, variables };
    },
  );
  if (steps.length === 0) throw new Error(`docs/operations.md has no steps under "${title}"`);
  return steps;
}
