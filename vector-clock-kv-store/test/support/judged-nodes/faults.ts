import { fileURLToPath } from 'node:url';
import type { Property } from '../../../src/verification/judge/properties.ts';

/** The command that starts a file of this folder. */
export function judgedNode(program: 'node' | 'python3', ...args: [file: string, ...rest: string[]]): string {
  const [file, ...rest] = args;
  return [program, fileURLToPath(new URL(file, import.meta.url)), ...rest].join(' ');
}

/** Each fault of node.mjs: the properties in which the node is certainly wrong, and those in which it also may be seen to be. */
export const faults: Record<string, { wrong: Property[]; also: Property[] }> = {
  'no-buffer': {
    wrong: ['delivery rule', 'buffering', 'causality', 'duplicates'],
    also: ['clocks', 'convergence', 'deep buffer', 'session guarantees', 'restart'],
  },
  'no-sender-check': {
    wrong: ['delivery rule', 'buffering'],
    also: ['duplicates', 'causality', 'deep buffer', 'convergence'],
  },
  'last-applied-wins': { wrong: ['convergence'], also: ['causality', 'duplicates'] },
  forgets: { wrong: ['buffering'], also: ['duplicates', 'causality', 'deep buffer', 'delivery rule'] },
  'counter-reuse': { wrong: ['restart'], also: [] },
  'no-dedup': { wrong: ['duplicates'], also: ['deep buffer', 'causality'] },
  recursion: { wrong: ['deep buffer'], also: [] },
  'wrong-merge': {
    wrong: ['clocks'],
    also: [
      'causality',
      'duplicates',
      'buffering',
      'session guarantees',
      'delivery rule',
      'convergence',
      'restart',
      'deep buffer',
    ],
  },
  'volatile-buffer': { wrong: ['restart'], also: ['causality'] },
  'sends-once': { wrong: ['loss'], also: [] },
};
