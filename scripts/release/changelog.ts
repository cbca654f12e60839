/** The sections of a release, in their order; see https://keepachangelog.com. */
const SECTIONS = ['Fixed', 'Changed', 'Added', 'Removed'] as const;

type Section = (typeof SECTIONS)[number];

/** What a change says, by section: lists in Markdown. */
export type Changes = ReadonlyMap<Section, string>;

const isSection = (title: string): title is Section => SECTIONS.some((section) => section === title);

/** Reads the text of a change: one or more sections, each a heading such as `### Fixed` and a list. @throws Error */
export function parseChange(id: string, text: string): Changes {
  const [before = '', ...parts] = `\n${text}`.split(/\n### +/);
  if (before.trim() !== '' || parts.length === 0)
    throw new Error(
      `.changeset/${id}.md must begin with one of ${SECTIONS.map((name) => `### ${name}`).join(', ')}`,
    );
  const changes = new Map<Section, string>();
  for (const part of parts) {
    const [heading = '', ...lines] = part.split('\n');
    const title = heading.trim();
    const list = lines.join('\n').trim();
    if (!isSection(title)) throw new Error(`.changeset/${id}.md has the unknown section ${title}`);
    if (!list.startsWith('- ')) throw new Error(`.changeset/${id}.md has no list under ${title}`);
    changes.set(title, list);
  }
  return changes;
}

/** Formats a release: its heading, and all changes of each section. @param date as 2026-11-27 */
export function formatRelease(version: string, date: string, all: readonly Changes[]): string {
  const sections = SECTIONS.flatMap((section) => {
    const lists = all.flatMap((changes) => changes.get(section) ?? []);
    return lists.length === 0 ? [] : [`### ${section}\n\n${lists.join('\n')}`];
  });
  return [`## ${version} (${date})`, ...sections].join('\n\n');
}

/** Puts a release on top of the earlier ones. */
export function withRelease(changelog: string, release: string): string {
  const at = changelog.indexOf('\n## ');
  const [title, earlier] = at === -1 ? [changelog, ''] : [changelog.slice(0, at), changelog.slice(at + 1)];
  return `${[title.trim(), release, earlier.trim()].filter((part) => part !== '').join('\n\n')}\n`;
}
