/**
 * Returns forms of a path that some servers and proxies take for the path itself. None of them may lead to its route.
 *
 * @param path of an absolute URL, with at least one letter in its first segment
 */
export function pathVariants(path: string): string[] {
  const encodedLetter = `%${path.charCodeAt(1).toString(16)}`;
  return [
    `${path}/`,
    `${path}//`,
    `${path}/.`,
    `${path}/%2e`,
    `${path}/x/..`,
    `${path}/x/%2E%2e`,
    `${path}%2F`,
    `${path}%2f.`,
    `${path}%5C`,
    `${path};x=1`,
    `${path}%3B`,
    `${path}%00`,
    `${path}%20`,
    `/${path}`,
    `/.${path}`,
    `/%2e${path}`,
    `/x/..${path}`,
    `/x/%2e%2e${path}`,
    `/..;${path}`,
    `/%2f${path.slice(1)}`,
    `/${encodedLetter}${path.slice(2)}`,
    path.toUpperCase(),
    `/${path.charAt(1).toUpperCase()}${path.slice(2)}`,
    `${path.toUpperCase()}/%2e`,
  ];
}
