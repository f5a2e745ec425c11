import { isSpanContextValid, isValidTraceId, trace } from '@opentelemetry/api';

const traceparentPattern = /^[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-|$)/;

/**
 * The trace that a request belongs to: of the active span where a tracing SDK runs, else of the caller's `traceparent`.
 * @see W3C Trace Context, 3.2
 */
export const traceIdOf = (traceparent: string | undefined): string | undefined => {
  const active = trace.getActiveSpan()?.spanContext();
  if (active !== undefined && isSpanContextValid(active)) return active.traceId;
  const traceId = traceparentPattern.exec(traceparent ?? '')?.[1];
  return traceId !== undefined && isValidTraceId(traceId) && !traceparent?.startsWith('ff') ? traceId : undefined;
};
