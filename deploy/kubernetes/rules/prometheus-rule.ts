import { Document, isMap, isSeq, parseDocument } from 'yaml';

/**
 * Converts a Prometheus rule file to a PrometheusRule manifest, comments included.
 *
 * @param name the rule file's name without `.yml`
 * @param text the rule file
 * @param interval evaluation interval, such as `5s`; set explicitly because the Operator's default differs
 * @throws Error if the text is not a rule file
 */
export function prometheusRule(name: string, text: string, interval: string): string {
  const file = parseDocument(text);
  const groups = file.get('groups');
  if (!isSeq(groups)) throw new Error(`${name}.yml has no list of groups`);
  for (const group of groups.items) {
    if (!isMap(group)) throw new Error(`${name}.yml has a group that is not a map`);
    // Directly after the group's name.
    group.items.splice(1, 0, file.createPair('interval', interval));
  }
  const manifest = new Document({
    apiVersion: 'monitoring.coreos.com/v1',
    kind: 'PrometheusRule',
    metadata: { name: `gridclock-${name}`, labels: { 'app.kubernetes.io/part-of': 'gridclock' } },
    spec: {},
  });
  manifest.setIn(['spec', 'groups'], groups);
  manifest.commentBefore = ` Generated from monitoring/prometheus/rules/${name}.yml by npm run rules.`;
  return manifest.toString({ lineWidth: 0 });
}
