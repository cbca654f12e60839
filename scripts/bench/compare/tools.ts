import { execa } from 'execa';

/** Programs that a row may need, with the Debian package and the arguments that print the version. */
const tools = {
  wrk: { debian: 'wrk', version: ['--version'] },
  etcd: { debian: 'etcd-server', version: ['--version'] },
  haproxy: { debian: 'haproxy', version: ['-v'] },
} as const;

export type Tool = keyof typeof tools;

/** Returns the first line that a tool prints about its version; undefined if it is not installed. */
async function versionOf(tool: Tool): Promise<string | undefined> {
  // wrk prints its version and exits with 1.
  const { all, code } = await execa(tool, tools[tool].version, { all: true, reject: false });
  return code === 'ENOENT' ? undefined : all.split('\n')[0];
}

/** Returns why something that needs tools is skipped; undefined if all are installed. */
export async function missingTool(needs: readonly Tool[] = []): Promise<string | undefined> {
  for (const tool of needs)
    if ((await versionOf(tool)) === undefined)
      return `${tool} is not installed (apt-get install ${tools[tool].debian})`;
  return undefined;
}

/** Returns the versions of all installed tools. */
export async function installedVersions(): Promise<string[]> {
  const versions = await Promise.all(Object.keys(tools).filter(isTool).map(versionOf));
  return versions.filter((version) => version !== undefined);
}

function isTool(name: string): name is Tool {
  return Object.hasOwn(tools, name);
}
