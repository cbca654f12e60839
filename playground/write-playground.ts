// Writes the playground to one HTML file, which opens by double click: npm run playground
import { createHash } from 'node:crypto';
import { mkdir, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { buildBundle } from '@gridclock/ui-kit/bundle';
import { playgroundHtml } from './playground-html.ts';

const file = new URL('../out/playground.html', import.meta.url);

const bundle = await buildBundle(new URL('./main.tsx', import.meta.url));
const html = playgroundHtml(bundle, (text) => createHash('sha256').update(text).digest('base64'));
await mkdir(new URL('.', file), { recursive: true });
await writeFile(file, html);
const kb = Math.ceil(gzipSync(html, { level: 9 }).length / 1_000);
process.stdout.write(
  `Wrote ${fileURLToPath(file)} (${kb} KB compressed). Open it by double click; its links hand out scenarios.\n`,
);
