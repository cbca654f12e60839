import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { ruleManifestFolder, ruleManifests } from './rule-manifests.ts';

// `npm run rules`: writes Prometheus' rules as PrometheusRule manifests. Run it when the rules change.
rmSync(ruleManifestFolder, { recursive: true, force: true });
mkdirSync(ruleManifestFolder, { recursive: true });
for (const [file, text] of ruleManifests()) writeFileSync(new URL(file, ruleManifestFolder), text);
