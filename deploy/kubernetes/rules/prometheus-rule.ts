import { Document, isMap, isSeq, parseDocument } from 'yaml';

/**
 * The Prometheus Operator's form of a rule file: the same groups, comments included.
 *
 * @param name the rule file's name without `.yml`
 * @param text the rule file
 * @param interval how often Prometheus evaluates the rules, such as `5s`; the Operator's own default is another
 * @throws Error when the text is no rule file
 */
export function prometheusRule(name: string, text: string, interval: string): string {
  const file = parseDocument(text);
  const groups = file.get('groups');
  if (!isSeq(groups)) throw new Error(`${name}: no groups`);
  for (const group of groups.items) {
    if (!isMap(group)) throw new Error(`${name}: a group is no map`);
    // After the name.
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
