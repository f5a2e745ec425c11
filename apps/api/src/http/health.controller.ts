import { Controller, Get } from '@nestjs/common';
import { ServiceUnavailable } from '@plimsoll/contracts';
import { z } from 'zod';
import { Endpoint } from './endpoint.decorator.ts';
import { Readiness } from './readiness.ts';

const Health = z.strictObject({ status: z.literal('ok') }).meta({ id: 'Health' });
const ReadinessReport = z
  .strictObject({ status: z.literal('ok'), checks: z.record(z.string(), z.literal('ok')) })
  .meta({ id: 'Readiness', example: { status: 'ok', checks: { database: 'ok', queue: 'ok' } } });

@Controller()
export class HealthController {
  constructor(private readonly readiness: Readiness) {}

  @Get('healthz')
  @Endpoint({
    operationId: 'getHealth',
    summary: 'Whether the process is alive',
    permission: 'public',
    response: Health,
  })
  getHealth(): z.infer<typeof Health> {
    return { status: 'ok' };
  }

  @Get('readyz')
  @Endpoint({
    operationId: 'getReadiness',
    summary: 'Whether the process can take requests: database and queue answer',
    permission: 'public',
    response: ReadinessReport,
    problems: [ServiceUnavailable],
  })
  async getReadiness(): Promise<z.infer<typeof ReadinessReport>> {
    const checks: Record<string, 'ok'> = {};
    const missing: string[] = [];
    for (const [part, state] of Object.entries(await this.readiness.check())) {
      if (state === 'ok') checks[part] = state;
      else missing.push(`${part} is ${state}`);
    }
    if (missing.length > 0) throw new ServiceUnavailable({}, { detail: `${missing.join(', ')}.` });
    return { status: 'ok', checks };
  }
}
