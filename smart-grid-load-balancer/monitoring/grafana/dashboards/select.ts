/** What every query names, so that the dashboard's variables choose what is shown. */
const chosen = 'job=~"$job", instance=~"$instance"';

/** The label matcher that leaves out scrapes and health checks. */
export const asked = 'route!~"/metrics|/health|/ready"';

/** The label matchers of answers that say that something is broken. A 503 is a refusal, which is none. */
export const broken = 'status=~"5..", status!="503"';

/** The series of a metric that the variables choose, by further label matchers where there are any. */
export function select(metric: string, ...matchers: string[]): string {
  return `${metric}{${[chosen, ...matchers].join(', ')}}`;
}

/** A counter's increase per second, over as many scrapes as Grafana thinks right. */
export function rate(counter: string, ...matchers: string[]): string {
  return `rate(${select(counter, ...matchers)}[$__rate_interval])`;
}

/** A counter's increase since about the last few scrapes. */
export function increase(counter: string, ...matchers: string[]): string {
  return `increase(${select(counter, ...matchers)}[$__rate_interval])`;
}

/** The value below which a share `q` of what a histogram has observed lies. */
export function quantile(q: number, histogram: string, ...matchers: string[]): string {
  return `histogram_quantile(${q}, sum by (le) (${rate(`${histogram}_bucket`, ...matchers)}))`;
}

/** The same for each value of a label. */
export function quantileBy(label: string, q: number, histogram: string, ...matchers: string[]): string {
  return `histogram_quantile(${q}, sum by (${label}, le) (${rate(`${histogram}_bucket`, ...matchers)}))`;
}

/** A rate of something that may never have happened, shown as zero wherever `base` is. */
export function orZero(expr: string, base: string): string {
  return `${expr} or 0 * ${base}`;
}
