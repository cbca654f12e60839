import { readFile, writeFile } from 'node:fs/promises';
import { dirname, relative, resolve, sep } from 'node:path';
import { decode, encode, type SourceMapSegment } from '@jridgewell/sourcemap-codec';

type SourceMap = { sources: string[]; mappings: string };

/**
 * Leaves only the lines of a bundle's own sources in its source map. With packages, which are most of a bundle, and
 * columns, a service would need 70 MB more memory: Node.js reads the whole map. Of packages, a stack trace shows where
 * they are in the bundle.
 *
 * @param entryFolder the folder of the entry file; beside the bundle, sources have the same paths as beside that
 */
export async function keepOwnSources(file: string, entryFolder: string): Promise<void> {
  const map: SourceMap = JSON.parse(await readFile(file, 'utf8'));
  const sources = map.sources.filter(isOwn);
  const indexOf = new Map(sources.map((source, index) => [source, index]));
  const mappings = linesOfSources(
    decode(map.mappings),
    map.sources.map((source) => indexOf.get(source)),
  );
  const moved = sources.map((source) =>
    relative(entryFolder, resolve(dirname(file), source)).replaceAll(sep, '/'),
  );
  await writeFile(file, JSON.stringify({ ...map, sources: moved, mappings: encode(mappings), names: [] }));
}

const isOwn = (source: string) => !source.includes('node_modules/');

/**
 * Keeps a segment where a line of the bundle, or the part of it that is of another line of a source, begins. A segment
 * without a source ends the one before it, which is on this line or an earlier one.
 *
 * @param keptSources the index of a source among those that are kept
 */
function linesOfSources(
  lines: readonly SourceMapSegment[][],
  keptSources: readonly (number | undefined)[],
): SourceMapSegment[][] {
  let wasMapped = true;
  return lines.map((line) => {
    let before: SourceMapSegment | undefined;
    return line.flatMap((segment): SourceMapSegment[] => {
      const [column, oldSource = -1, sourceLine = 0, sourceColumn = 0] = segment;
      const source = keptSources[oldSource];
      if (source === undefined) {
        const ends = wasMapped;
        wasMapped = false;
        return ends ? [[column]] : [];
      }
      if (wasMapped && before?.[1] === source && before[2] === sourceLine) return [];
      wasMapped = true;
      before = [column, source, sourceLine, sourceColumn];
      return [before];
    });
  });
}
