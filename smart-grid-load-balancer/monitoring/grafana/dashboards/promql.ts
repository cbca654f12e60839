/** The label matchers of the dashboard's variables, part of every query. */
const selected = 'job=~"$job", instance=~"$instance"';

/** Matches requests of clients: excludes scrapes and health checks. */
export const clientRequests = 'route!~"/metrics|/health|/ready"';

/** Matches responses with a server error. A 503 is a rejection, not an error. */
export const serverErrors = 'status=~"5..", status!="503"';

/** The series of a metric for the selected jobs and instances, with further label matchers. */
export function select(metric: string, ...matchers: string[]): string {
  return `${metric}{${[selected, ...matchers].join(', ')}}`;
}

/** A counter's increase per second, over an interval that Grafana fits to the scrapes. */
export function rate(counter: string, ...matchers: string[]): string {
  return `rate(${select(counter, ...matchers)}[$__rate_interval])`;
}

/** A counter's increase over the last few scrapes. */
export function increase(counter: string, ...matchers: string[]): string {
  return `increase(${select(counter, ...matchers)}[$__rate_interval])`;
}

/** The quantile `q` of a histogram, from 0 to 1. */
export function quantile(q: number, histogram: string, ...matchers: string[]): string {
  return `histogram_quantile(${q}, sum by (le) (${rate(`${histogram}_bucket`, ...matchers)}))`;
}

/** The quantile `q` of a histogram for each value of a label. */
export function quantileBy(label: string, q: number, histogram: string, ...matchers: string[]): string {
  return `histogram_quantile(${q}, sum by (${label}, le) (${rate(`${histogram}_bucket`, ...matchers)}))`;
}

/**
 * Adds the label `name`: a substation's id, because the instance of a replica is an address, otherwise the instance.
 *
 * @param expr has the labels job and instance
 */
export function named(expr: string): string {
  // The most recent id of an address: replicas that restart may swap theirs.
  const ids = `group by (job, instance, substation_id) (topk by (job, instance) (1, timestamp(${select('substation_info')})))`;
  const substations = `label_replace(${expr} * on (job, instance) group_left (substation_id) ${ids}, "name", "$1", "substation_id", "(.+)")`;
  // Without the id, a substation that is restarting, whose rate outlasts its info, remains the same series.
  return `sum without (substation_id) (${substations} or on (job, instance) label_replace(${expr}, "name", "$1", "instance", "(.+)"))`;
}

/** The rate `expr`, or zero where only `base` exists: a series that never occurred has no rate. */
export function orZero(expr: string, base: string): string {
  return `${expr} or 0 * ${base}`;
}

/**
 * The instances of the selected jobs, each with the label `name` as in `named`. One that is down has none but its
 * instance.
 */
export function instanceNames(): string {
  const up = 'last_over_time(up{job=~"$job"}[$__range])';
  const substations = `label_replace(${up} * on (job, instance) group_left (substation_id) instance:substation_info:latest, "name", "$1", "substation_id", "(.+)")`;
  return `group by (instance, name) (${substations} or on (job, instance) label_replace(${up}, "name", "$1", "instance", "(.+)"))`;
}
