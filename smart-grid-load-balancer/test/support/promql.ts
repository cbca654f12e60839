import { parser } from '@prometheus-io/lezer-promql';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** One metric that an expression reads. */
export type Selector = {
  metric: string;
  /** Its label matchers, such as `job=~"$job"`. */
  matchers: string[];
  /** The names of the functions around it, innermost first. */
  functions: string[];
};

/**
 * The metrics that a PromQL expression reads, by Prometheus' own grammar.
 *
 * @throws SyntaxError where the expression is not PromQL
 */
export function selectorsOf(expression: string): Selector[] {
  const selectors: Selector[] = [];
  const textOf = ({ from, to }: { from: number; to: number }) => expression.slice(from, to);
  parser.parse(expression).iterate({
    enter({ node, type, from }) {
      if (type.isError) {
        throw new SyntaxError(`not PromQL at character ${from}: ${expression}`);
      }
      if (node.name !== 'VectorSelector') return;
      const metric = node.getChild('Identifier');
      selectors.push({
        metric: metric === null ? '' : textOf(metric),
        matchers: (node.getChild('LabelMatchers')?.getChildren('UnquotedLabelMatcher') ?? []).map(textOf),
        functions: functionsAround(node, textOf),
      });
    },
  });
  return selectors;
}

function functionsAround(node: SyntaxNode, textOf: (node: SyntaxNode) => string): string[] {
  const names: string[] = [];
  for (let around = node.parent; around !== null; around = around.parent) {
    const name = around.getChild('FunctionIdentifier') ?? around.getChild('AggregateOp');
    if (name !== null) names.push(textOf(name));
  }
  return names;
}
