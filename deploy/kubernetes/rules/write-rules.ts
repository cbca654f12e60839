import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { ruleManifestFolder, ruleManifests } from './rule-manifests.ts';

// Writes Prometheus' rules into deploy/kubernetes, in the Prometheus Operator's form: to be run when they change.
rmSync(ruleManifestFolder, { recursive: true, force: true });
mkdirSync(ruleManifestFolder, { recursive: true });
for (const [file, text] of ruleManifests()) writeFileSync(new URL(file, ruleManifestFolder), text);
