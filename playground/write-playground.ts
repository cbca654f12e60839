// Writes the playground to one HTML file, which opens by double click: npm run playground
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildPlayground } from './build-playground.ts';

const file = new URL('../out/playground.html', import.meta.url);

const html = await buildPlayground();
await mkdir(new URL('.', file), { recursive: true });
await writeFile(file, html);
const kb = Math.ceil(gzipSync(html, { level: 9 }).length / 1_000);
process.stdout.write(
  `Wrote ${fileURLToPath(file)} (${kb} KB compressed). Open it by double click, or in a browser:\n${file.href}\n`,
);
