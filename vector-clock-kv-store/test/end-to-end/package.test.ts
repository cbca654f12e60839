import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { NodeProcesses } from '../../src/verification/soak/node-processes.ts';
import { localCluster } from '../support/local-cluster.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const tools = join(root, 'node_modules', '.bin');
/** Removed after the tests. */
let directory = '';

/** The output that each example promises in its comments. */
const outputs: Record<string, readonly string[]> = {
  causality: ['before', 'buffered', "[ 'Under the mat.' ]"],
  client: ["[ 'apples' ]"],
  checker: [
    'WriteCOInitRead',
    'bob[1] read photo, got nothing, although alice[0] write photo="new" precedes it.',
    "[ 'monotonic reads' ]",
  ],
};
const names = Object.keys(outputs);

/** The files of a bundle of esbuild. */
const bundleSchema = z.object({ inputs: z.record(z.string(), z.unknown()) });

/** What npm installed, by path. */
const lockSchema = z.object({ packages: z.record(z.string(), z.unknown()) });

let tarball = '';
/** An empty folder with the package installed. */
let project = '';
let cluster: NodeProcesses | undefined;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gridclock-package-'));
  const pack = ['pack', '--workspace', 'packages/causal-store', '--pack-destination', directory];
  await execa('npm', pack, { cwd: root });
  tarball = join(directory, (await readdir(directory)).find((file) => file.endsWith('.tgz')) ?? '');
  project = join(directory, 'project');
  await mkdir(project);
  await writeFile(join(project, 'package.json'), '{}');
  // From this repository's own zod, because a test needs no registry.
  const zod = join(root, 'node_modules', 'zod');
  await execa('npm', ['install', '--offline', '--ignore-scripts', '--install-links', zod, tarball], {
    cwd: project,
  });
  const started = await localCluster();
  cluster = started;
  await started.start(...started.names);
  const examples = await readExamples();
  for (const [index, name] of names.entries()) {
    const example = examples[index] ?? '';
    for (const extension of ['mjs', 'mts'])
      await writeFile(join(project, `${name}.${extension}`), withNodesOf(started, example));
  }
}, 120_000);

afterAll(async () => {
  await cluster?.stop();
  await rm(directory, { recursive: true, force: true });
});

/** The JavaScript blocks of the package's README. */
async function readExamples(): Promise<string[]> {
  const readme = await readFile(join(root, 'packages/causal-store/README.md'), 'utf8');
  return [...readme.matchAll(/^```js\n(.*?)^```/gms)].map(([, example = '']) => example);
}

function withNodesOf({ urls }: NodeProcesses, example: string): string {
  return urls.reduce((text, url, index) => text.replace(`http://localhost:500${index + 1}`, url), example);
}

/** Bundles a program of the folder for browsers, where modules of Node.js are an error. */
async function bundleForBrowsers(
  folder: string,
  program: string,
): Promise<{ code: string; inputs: string[] }> {
  const files = ['--outfile=bundle.js', '--metafile=bundle.json'];
  const options = ['--bundle', '--minify', '--format=esm', '--platform=browser', ...files];
  await execa(join(tools, 'esbuild'), options, { cwd: folder, input: program });
  const code = await readFile(join(folder, 'bundle.js'), 'utf8');
  const bundle = bundleSchema.parse(JSON.parse(await readFile(join(folder, 'bundle.json'), 'utf8')));
  return { code, inputs: Object.keys(bundle.inputs).filter((file) => file !== '<stdin>') };
}

const run = async (folder: string, file: string) =>
  (await execa('node', [file], { cwd: folder, env: { NO_COLOR: '1' } })).stdout.split('\n');

describe('the package', () => {
  it('has one example per subpath, of about 15 lines', async () => {
    const examples = await readExamples();
    expect(examples).toHaveLength(names.length);
    for (const example of examples) expect(example.split('\n').length).toBeLessThan(18);
  });

  it.each(names)('runs the example of /%s as JavaScript in an empty folder', async (name) => {
    expect(await run(project, `${name}.mjs`)).toEqual(outputs[name]);
  });

  it('compiles the examples as strict TypeScript, library declarations included, and runs them', async () => {
    const options = [
      '--strict',
      '--exactOptionalPropertyTypes',
      '--module',
      'nodenext',
      '--target',
      'es2022',
    ];
    const files = names.map((name) => `${name}.mts`);
    await execa(join(tools, 'tsc'), [...options, '--types', '', '--outDir', 'compiled', ...files], {
      cwd: project,
    });
    for (const name of names) expect(await run(project, `compiled/${name}.mjs`)).toEqual(outputs[name]);
  });

  it('compiles programs that pass on options which may be undefined', async () => {
    const program = `import { CausalClient } from '@gridclock/causal-store/client';
      import { HistoryRecorder } from '@gridclock/causal-store/checker';
      type Options = { acks?: number; node?: string; signal?: AbortSignal; waitMs?: number };
      export function paid({ acks, node, signal, waitMs }: Options) {
        const client = new CausalClient({ nodes: [], retry: undefined, waitMs });
        new HistoryRecorder({ now: () => performance.now() }).session('a', client);
        client.watch('', { node, signal });
        return client.put('paid', true, { acks, node, signal, waitMs });
      }`;
    await writeFile(join(project, 'passing-on.mts'), program);
    const options = ['--noEmit', '--strict', '--exactOptionalPropertyTypes', '--module', 'nodenext'];
    await execa(join(tools, 'tsc'), [...options, '--target', 'es2022', '--types', '', 'passing-on.mts'], {
      cwd: project,
    });
  });

  it.each(names)('loads /%s in CommonJS programs', async (name) => {
    const program = `console.log(typeof require('@gridclock/causal-store/${name}'));`;
    await writeFile(join(project, `${name}.cjs`), program);
    expect(await run(project, `${name}.cjs`)).toEqual(['object']);
  });

  it('compiles for bundlers, too', async () => {
    const options = ['--noEmit', '--strict', '--module', 'esnext', '--moduleResolution', 'bundler'];
    const files = names.map((name) => `${name}.mts`);
    await execa(join(tools, 'tsc'), [...options, '--target', 'es2022', '--types', '', ...files], {
      cwd: project,
    });
  });

  it('bundles for browsers: /causality from its own files, /client and /checker with zod', async () => {
    const filesOf = async (name: string) =>
      (await bundleForBrowsers(project, await readFile(join(project, `${name}.mjs`), 'utf8'))).inputs;
    const packageFile = 'node_modules/@gridclock/causal-store/dist/';
    expect(
      (await filesOf('causality')).filter((file) => !file.startsWith(`${packageFile}causality/`)),
    ).toEqual([]);
    for (const name of ['client', 'checker'])
      expect(
        (await filesOf(name)).filter(
          (file) => !file.startsWith(packageFile) && !file.startsWith('node_modules/zod/'),
        ),
      ).toEqual([]);
  });

  it('leaves out of a bundle what a program does not use', async () => {
    const program =
      "import { compare } from '@gridclock/causal-store/causality'; console.log(compare({}, {}));";
    const { code } = await bundleForBrowsers(project, program);
    expect(code.length).toBeLessThan(1_000);
  });

  it('installs nothing but zod, which /causality does not need', async () => {
    const lock = await readFile(join(project, 'node_modules', '.package-lock.json'), 'utf8');
    const installed = Object.keys(lockSchema.parse(JSON.parse(lock)).packages);
    expect(installed.sort()).toEqual(['node_modules/@gridclock/causal-store', 'node_modules/zod']);
    const alone = join(directory, 'alone', 'node_modules', '@gridclock', 'causal-store');
    await mkdir(alone, { recursive: true });
    await execa('tar', ['-xzf', tarball, '--strip-components=1', '-C', alone]);
    await writeFile(
      join(directory, 'alone', 'causality.mjs'),
      await readFile(join(project, 'causality.mjs')),
    );
    expect(await run(join(directory, 'alone'), 'causality.mjs')).toEqual(outputs.causality);
  });

  it('satisfies publint and arethetypeswrong', async () => {
    await execa(join(tools, 'publint'), ['--strict', tarball]);
    await execa(join(tools, 'attw'), ['--profile', 'esm-only', tarball]);
  }, 120_000);
});
