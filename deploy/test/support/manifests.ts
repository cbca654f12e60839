import { readdirSync, readFileSync } from 'node:fs';
import { posix } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseAllDocuments } from 'yaml';
import { z } from 'zod';

const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The manifests' folder, relative to the repository root. */
export const MANIFESTS = 'deploy/kubernetes';

const manifestSchema = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
});

/** A Kubernetes object with all its fields. */
export type Manifest = z.output<typeof manifestSchema>;

const kustomizationSchema = z.looseObject({
  resources: z.array(z.string()).default([]),
  components: z.array(z.string()).default([]),
  images: z.array(z.object({ name: z.string(), newTag: z.string() })).default([]),
});

/** Parses the objects in one or more YAML documents. */
export function parseManifests(text: string): Manifest[] {
  return parseAllDocuments(text).map((document) => manifestSchema.parse(document.toJS()));
}

/** @param folder relative to the repository root */
export function readKustomization(folder: string) {
  const [document] = parseAllDocuments(readFileSync(posix.join(root, folder, 'kustomization.yaml'), 'utf8'));
  return kustomizationSchema.parse(document?.toJS());
}

/** Lists the files of a kustomization and everything it includes, relative to the repository root. */
export function filesOf(folder: string): string[] {
  const { resources, components } = readKustomization(folder);
  const listed = [...resources, ...components].map((path) => posix.join(folder, path));
  return [
    posix.join(folder, 'kustomization.yaml'),
    ...listed.flatMap((path) => (path.endsWith('.yaml') ? [path] : filesOf(path))),
  ];
}

/** Reads the objects of a kustomization from its files, without patches and generators. */
export function readFolder(folder: string): Manifest[] {
  return filesOf(folder)
    .filter((file) => !file.endsWith('kustomization.yaml'))
    .flatMap((file) => parseManifests(readFileSync(posix.join(root, file), 'utf8')));
}

/** Lists all YAML files in the manifests' folder, relative to the repository root. */
export function allFiles(): string[] {
  return readdirSync(posix.join(root, MANIFESTS), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.yaml'))
    .map((file) => posix.join(MANIFESTS, file));
}

/** The kustomizations that users apply; all others are included in these. */
export const applied = [
  'overlays/local',
  'overlays/monitoring',
  'overlays/tls',
  'cert-manager',
  'overlays/registry',
  'load-test',
  'overlays/registry/load-test',
].map((folder) => posix.join(MANIFESTS, folder));
