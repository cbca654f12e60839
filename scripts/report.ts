import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { wholeNumber } from '@gridclock/command-line';
import { readPortOffset } from './local-suite/plan.ts';
import { runScript } from './local-suite/run-script.ts';
import { SuiteError } from './local-suite/suite.ts';
import { collect } from './report/collect/collect.ts';
import { gridDocument } from './report/documents/grid-document.ts';
import { storeDocument } from './report/documents/store-document.ts';
import { type GridRun, gridRunSchema, readRun, type StoreRun, storeRunSchema } from './report/run-data.ts';
import { typeset } from './report/typeset.ts';

type Options = { data?: string; out?: string; rush: number; soak: number };

const root = fileURLToPath(new URL('..', import.meta.url));

/** Where a run's data are kept, to be typeset again. */
const dataFolder = join(root, 'out', 'report');

const print = (line: string) => process.stdout.write(`${line}\n`);

/** Writes both reports. Returns the exit code: 1 if a guarantee did not hold in the run, 130 after Ctrl-C. */
async function report(interrupted: AbortSignal, { data, out = root, rush, soak }: Options): Promise<number> {
  if (data === undefined) {
    const run = await collect({
      portOffset: readPortOffset(process.env),
      rushSeconds: rush,
      soakSeconds: soak,
      print: (line) => print(styleText('dim', line)),
      interrupted,
    });
    await mkdir(dataFolder, { recursive: true });
    await writeFile(join(dataFolder, 'store.json'), JSON.stringify(run.store));
    await writeFile(join(dataFolder, 'grid.json'), JSON.stringify(run.grid));
  }
  if (interrupted.aborted) return 130;
  // Also after a run: what is typeset is what was kept.
  const store = await stored(readRun(storeRunSchema, join(data ?? dataFolder, 'store.json')));
  const grid = await stored(readRun(gridRunSchema, join(data ?? dataFolder, 'grid.json')));
  await write('store.typ', await storeDocument(store), store, join(out, 'vector-clock-kv-store'));
  await write('grid.typ', await gridDocument(grid), grid, join(out, 'smart-grid-load-balancer'));
  const passed =
    store.scenarios.every((scenario) => scenario.passed) && store.soak.findings.length === 0 && grid.passed;
  if (!passed) print(styleText('red', 'A guarantee did not hold in this run; the reports say which.'));
  return passed ? 0 : 1;
}

/** @throws SuiteError, which is printed as one line, when the file is missing or is not the data of a run */
async function stored<Run>(reading: Promise<Run>): Promise<Run> {
  try {
    return await reading;
  } catch (error) {
    throw new SuiteError(error instanceof Error ? error.message : String(error));
  }
}

async function write(
  template: string,
  content: object,
  run: StoreRun | GridRun,
  folder: string,
): Promise<void> {
  const { pages, pdf } = await typeset(template, content, new Date(run.origin.at));
  const file = join(folder, 'project_report.pdf');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, pdf);
  print(
    `${styleText('cyan', relative(process.cwd(), file))}: ${pages} pages, ${Math.round(pdf.length / 1_000)} kB`,
  );
}

await runScript<Options>(
  {
    name: 'npm run report',
    description:
      'Runs both systems, their scenarios, a soak and a rush hour, and writes a report of each as a PDF: project_report.pdf.',
    variables: 'PORT_OFFSET shifts every port (0).',
    exitCodes: '0 written, 1 a guarantee did not hold or nothing was written, 130 interrupted.',
    addOptions: (command) =>
      command
        .option('--rush <seconds>', 'how long the rush hour lasts', wholeNumber(5, 600), 60)
        .option('--soak <seconds>', 'how long the soak lasts', wholeNumber(5, 600), 20)
        .option(
          '--data <folder>',
          'typeset the data of an earlier run, such as out/report, instead of a new one',
        )
        .option('--out <folder>', 'write below this folder instead of the repository'),
  },
  report,
);
