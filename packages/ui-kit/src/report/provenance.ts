import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

/** Where a report comes from. */
export type Provenance = {
  at: Date;
  command: string;
  /** Undefined where the sources are not a Git repository, such as in an image. */
  commit?: string;
};

/**
 * Returns when, by which command and from which commit this process makes a report. Values of options that are secrets
 * are left out.
 *
 * @param command the command's name, such as `client.ts`
 */
export async function readProvenance(
  command: string,
  args: readonly string[],
  at: Date,
): Promise<Provenance> {
  const cwd = fileURLToPath(new URL('.', import.meta.url));
  const commit = await promisify(execFile)('git', ['rev-parse', '--short', 'HEAD'], { cwd })
    .then(({ stdout }) => stdout.trim())
    .catch(() => '');
  return { at, command: [command, ...withoutSecrets(args)].join(' '), ...(commit === '' ? {} : { commit }) };
}

const secretOption = /^--[a-z-]*(token|key|secret|password)[a-z-]*/;

/** Replaces the values of options whose name says that they are secrets. */
function withoutSecrets(args: readonly string[]): string[] {
  return args.map((arg, index) => {
    const previous = args[index - 1] ?? '';
    if (secretOption.test(previous) && !previous.includes('=')) return '***';
    return secretOption.test(arg) && arg.includes('=') ? `${arg.slice(0, arg.indexOf('='))}=***` : arg;
  });
}
