import { Counter, Gauge, Histogram, Registry, collectDefaultMetrics } from 'prom-client';

/**
 * The metrics of one process. Names start with `plimsoll_` and carry their unit; labels hold route templates, job names
 * and outcomes, never an id, a path or an address, which would grow without bound.
 */
export class Metrics {
  readonly registry: Registry;
  readonly httpDuration: Histogram<'method' | 'route' | 'status'>;
  readonly httpInFlight: Gauge;
  readonly rateLimited: Counter<'scope'>;
  readonly logins: Counter<'outcome'>;

  constructor(service: string) {
    this.registry = new Registry();
    this.registry.setDefaultLabels({ service });
    const registers = [this.registry];
    this.httpDuration = new Histogram({
      name: 'plimsoll_http_request_duration_seconds',
      help: 'Time to answer, by method, route template and status.',
      labelNames: ['method', 'route', 'status'],
      buckets: [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
      registers,
    });
    this.httpInFlight = new Gauge({
      name: 'plimsoll_http_requests_in_flight',
      help: 'Requests being answered, event streams included.',
      registers,
    });
    this.rateLimited = new Counter({
      name: 'plimsoll_http_rate_limited_total',
      help: 'Requests refused by a rate limit, by its scope.',
      labelNames: ['scope'],
      registers,
    });
    this.logins = new Counter({
      name: 'plimsoll_logins_total',
      help: 'Logins by password, by how they ended: success, wrong-password, unknown-account, throttled …',
      labelNames: ['outcome'],
      registers,
    });
  }

  /** Adds memory, CPU, event loop and garbage collection of the process. Not in tests: it observes until exit. */
  observeProcess(): void {
    collectDefaultMetrics({ register: this.registry });
  }
}
