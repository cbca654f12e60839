import { execa } from 'execa';

type Version = readonly [major: number, minor: number];

/** A part of Docker that this project needs, the least version of it, and how to get a later one. */
export type Requirement = { name: string; least: Version; help: string };

/** 2.24: the earliest that starts these files in a trial. 2.20 has `include`, but refuses `develop`. */
export const compose: Requirement = {
  name: 'Docker Compose',
  least: [2, 24],
  help: 'https://docs.docker.com/compose/install',
};

/** 20.10: the earliest that this test is run with. */
export const engine: Requirement = {
  name: 'Docker Engine',
  least: [20, 10],
  help: 'https://docs.docker.com/engine/install',
};

/**
 * Returns what is wrong with an installed version, or undefined if it will do.
 *
 * @param version as the program prints it, such as `v2.24.0`, `5.6.0` or `20.10.24+dfsg1`; empty if it is not installed
 */
export function versionProblem({ help, least, name }: Requirement, version: string): string | undefined {
  const wanted = `this needs ${least.join('.')} or later. See ${help}`;
  const [, number, major, minor] = /^v?((\d+)\.(\d+)\S*)/.exec(version.trim()) ?? [];
  if (number === undefined) return `${name} is not available: ${wanted}`;
  const [leastMajor, leastMinor] = least;
  const isOlder = Number(major) < leastMajor || (Number(major) === leastMajor && Number(minor) < leastMinor);
  return isOlder ? `${name} ${number} is too old: ${wanted}` : undefined;
}

/** Asks the engine and Compose for their versions and returns the first problem, or undefined. */
export async function dockerProblem(): Promise<string | undefined> {
  const output = async (...args: string[]) => {
    const { failed, stdout } = await execa('docker', args, { reject: false, timeout: 30_000 });
    return failed ? '' : stdout;
  };
  const running = await output('version', '--format', '{{.Server.Version}}');
  if (running === '') return 'no Docker engine responds. Start one first.';
  return (
    versionProblem(engine, running) ?? versionProblem(compose, await output('compose', 'version', '--short'))
  );
}
