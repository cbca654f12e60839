import { read } from './compose-files.ts';

/** Reads the instructions of a Dockerfile target, after those of the stages it is based on. */
export function readTarget(target: string): string {
  const stages = new Map(
    read('Dockerfile')
      .split(/^(?=FROM )/m)
      .map((text) => [/^FROM \S+ AS (\S+)/.exec(text)?.[1] ?? '', text]),
  );
  const instructions = (name: string): string => {
    const text = stages.get(name) ?? '';
    return instructionsOf(/^FROM (\S+)/.exec(text)?.[1]) + text;
  };
  const instructionsOf = (base: string | undefined) =>
    base !== undefined && stages.has(base) ? instructions(base) : '';
  if (!stages.has(target)) throw new Error(`Dockerfile has no target ${target}`);
  return instructions(target);
}

/** Lists the ports that a target exposes. */
export function exposedPorts(target: string): number[] {
  return [...readTarget(target).matchAll(/^EXPOSE (\d+)$/gm)].map(([, port]) => Number(port));
}
