import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const read = (path: string) => readFileSync(`${root}/${path}`, 'utf8');

/** Where an image of others can be named. */
const files = execFileSync('git', ['ls-files', '-z'], { cwd: root, encoding: 'utf8' })
  .split('\0')
  .filter((path) =>
    /(^|\/)(Dockerfile|\.env\.[a-z.]*example|[\w.-]*(compose|stack)[\w.-]*\.yml)$/.test(path),
  );

/** Every mention of an image of others, such as `prom/prometheus:v3.13.1`, with its file; not a folder `/etc/caddy:ro`. */
const mentions = files.flatMap((file) =>
  [...read(file).matchAll(/(?<![\w/])(node|prom\/[a-z]+|grafana\/[a-z]+|caddy):v?([\w.-]+)/g)].map(
    ([image, name = '', tag = '']) => ({ file, image, name, tag }),
  ),
);

describe('the images of others', () => {
  it('have an exact version', () => {
    expect(mentions.length).toBeGreaterThan(5);
    expect(mentions.filter(({ tag }) => !/^\d+\.\d+\.\d+(-[a-z]+)?$/.test(tag))).toEqual([]);
  });

  it('have the same version everywhere', () => {
    const versions = new Map<string, Set<string>>();
    for (const { image, name } of mentions) versions.set(name, (versions.get(name) ?? new Set()).add(image));
    const several = [...versions].filter(([, images]) => images.size > 1);
    expect(several.map(([name, images]) => [name, ...images])).toEqual([]);
  });

  it('name the base of all services in the Dockerfile alone', () => {
    expect(mentions.filter(({ name }) => name === 'node').map(({ file }) => file)).toEqual(['Dockerfile']);
  });
});
