import { createHash } from 'node:crypto';
import { buildBundle } from '@gridclock/ui-kit/bundle';
import { playgroundHtml } from './playground-html.ts';

/** Bundles the playground into the text of one HTML file. */
export async function buildPlayground(): Promise<string> {
  const bundle = await buildBundle(new URL('./main.tsx', import.meta.url));
  return playgroundHtml(bundle, (text) => createHash('sha256').update(text).digest('base64'));
}
