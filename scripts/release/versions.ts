/** Replaces the version of a manifest, and of this repository's packages in its dependencies. */
export function withVersion(manifest: string, version: string): string {
  return manifest
    .replace(/^( {2}"version": ")[^"]+/m, `$1${version}`)
    .replaceAll(/("@gridclock\/[\w-]+": ")\d[^"]*/g, `$1${version}`);
}

/** Replaces the version that the images are labelled with. */
export function withVersionLabel(dockerfile: string, version: string): string {
  return dockerfile.replace(/(image\.version=")[^"]+/, `$1${version}`);
}

/** Replaces the version in the source that services state it from. */
export function withVersionConstant(source: string, version: string): string {
  return source.replace(/(VERSION = ')[^']+/, `$1${version}`);
}
