import { readFile } from 'node:fs/promises';
import { type Bundle, buildBundle } from './build-bundle.ts';

/** A page of a service. */
export type Page = {
  /** Names its prebuilt bundle. */
  name: string;
  title: string;
  /** What a browser without JavaScript shows: HTML. */
  withoutScript?: string;
  /** The page's first module, which runs in the browser. */
  entry: URL;
};

/** The file with a prebuilt bundle, which images contain. */
export function prebuiltFile(name: string): URL {
  return new URL(`../../prebuilt/${name}.json`, import.meta.url);
}

/** Reads a page's bundle from its prebuilt file. Without one, as in a clone, builds it, which takes about 0.2 s. */
export async function loadBundle({ name, entry }: Page): Promise<Bundle> {
  const text = await readFile(prebuiltFile(name), 'utf8').catch(() => undefined);
  return text === undefined ? buildBundle(entry) : parseBundle(text);
}

function parseBundle(text: string): Bundle {
  const parsed: unknown = JSON.parse(text);
  if (typeof parsed === 'object' && parsed !== null && 'script' in parsed && 'style' in parsed)
    return { script: String(parsed.script), style: String(parsed.style) };
  throw new Error('a prebuilt page has neither script nor style; remove the folder packages/ui-kit/prebuilt');
}
