import { writeFile } from 'node:fs/promises';
import { dashboardFiles } from './files.ts';

// Writes the dashboards (npm run dashboards). A test compares the files with these sources.
for (const [path, text] of dashboardFiles) {
  await writeFile(new URL(`../${path}`, import.meta.url), text);
}
