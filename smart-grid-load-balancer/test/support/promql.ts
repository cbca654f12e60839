import { parser } from '@prometheus-io/lezer-promql';

type SyntaxNode = ReturnType<typeof parser.parse>['topNode'];

/** A vector selector of an expression. */
export type Selector = {
  metric: string;
  /** The label matchers, such as `job=~"$job"`. */
  matchers: string[];
  /** The names of the enclosing functions, innermost first. */
  functions: string[];
};

/**
 * Parses the vector selectors of a PromQL expression with Prometheus' own grammar.
 *
 * @throws SyntaxError when the expression is not PromQL
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
        functions: enclosingFunctions(node, textOf),
      });
    },
  });
  return selectors;
}

function enclosingFunctions(node: SyntaxNode, textOf: (node: SyntaxNode) => string): string[] {
  const names: string[] = [];
  for (let parent = node.parent; parent !== null; parent = parent.parent) {
    const name = parent.getChild('FunctionIdentifier') ?? parent.getChild('AggregateOp');
    if (name !== null) names.push(textOf(name));
  }
  return names;
}
