/** What Lambda measured of an invocation; `null` where it does not say. */
export interface InvocationReport {
  readonly durationMs: number;
  readonly billedDurationMs: number | null;
  readonly memorySizeMb: number | null;
  readonly maxMemoryUsedMb: number | null;
  /** Of a cold start. */
  readonly initDurationMs: number | null;
}

interface Metrics {
  readonly durationMs?: number;
  readonly billedDurationMs?: number;
  readonly memorySizeMB?: number;
  readonly maxMemoryUsedMB?: number;
  readonly initDurationMs?: number;
}

/**
 * Reads the REPORT line, or under the JSON log format the event `platform.report`, at the end of a log.
 * Source: https://docs.aws.amazon.com/lambda/latest/dg/monitoring-cloudwatchlogs-logformat.html
 *
 * @returns `null` when there is none
 */
export function reportIn(log: string): InvocationReport | null {
  for (const line of log.split("\n").reverse()) {
    if (line.startsWith("REPORT RequestId:")) return ofText(line);
    if (line.includes('"platform.report"')) return ofMetrics(metricsIn(line));
  }
  return null;
}

function ofText(line: string): InvocationReport | null {
  const number = (label: string): number | null => {
    const found = new RegExp(`(?:^|\\t)${label}: ([0-9.]+) (?:ms|MB)`).exec(line)?.[1];
    return found === undefined ? null : Number(found);
  };
  const durationMs = number("Duration");
  if (durationMs === null) return null;
  return {
    durationMs,
    billedDurationMs: number("Billed Duration"),
    memorySizeMb: number("Memory Size"),
    maxMemoryUsedMb: number("Max Memory Used"),
    initDurationMs: number("Init Duration"),
  };
}

function metricsIn(line: string): Metrics | null {
  try {
    return (JSON.parse(line) as { record?: { metrics?: Metrics } }).record?.metrics ?? null;
  } catch {
    return null;
  }
}

function ofMetrics(metrics: Metrics | null): InvocationReport | null {
  if (metrics?.durationMs === undefined) return null;
  return {
    durationMs: metrics.durationMs,
    billedDurationMs: metrics.billedDurationMs ?? null,
    memorySizeMb: metrics.memorySizeMB ?? null,
    maxMemoryUsedMb: metrics.maxMemoryUsedMB ?? null,
    initDurationMs: metrics.initDurationMs ?? null,
  };
}
