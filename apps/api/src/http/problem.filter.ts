import { Catch } from '@nestjs/common';
import type { ArgumentsHost, ExceptionFilter } from '@nestjs/common';
import { InternalError, MethodNotAllowed, NotFound } from '@plimsoll/contracts';
import type { Problem } from '@plimsoll/contracts';
import type { ApiReply, ApiRequest } from './api-request.ts';
import { EndpointRegistry } from './endpoint-registry.ts';
import { isUnroutable, problemOf } from './problem-of.ts';
import { pathOf, sendProblem } from './problem-response.ts';
import { Config } from '@plimsoll/config';

/** Renders everything that is thrown as RFC 9457 problem details, and logs what nobody expected, once. */
@Catch()
export class ProblemFilter implements ExceptionFilter {
  constructor(
    private readonly endpoints: EndpointRegistry,
    private readonly config: Config,
  ) {}

  catch(error: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<ApiRequest>();
    const reply = http.getResponse<ApiReply>();
    const problem = isUnroutable(error) ? this.#unroutable(request) : problemOf(error, this.config.server);
    if (problem instanceof InternalError) request.log.error({ err: error }, 'request failed');
    if (reply.sent || reply.raw.headersSent) {
      // Something broke after the answer began: all that can still be said is that it ends here.
      reply.raw.destroy();
      return;
    }
    sendProblem(problem, request, reply);
  }

  #unroutable(request: ApiRequest): Problem {
    const methods = this.endpoints.methodsOf(pathOf(request));
    if (methods.length === 0 || methods.includes(request.method)) return new NotFound({});
    const allow = [...new Set(methods.includes('GET') ? [...methods, 'HEAD'] : methods)].toSorted().join(', ');
    return new MethodNotAllowed({}, { detail: `Allowed here: ${allow}.`, headers: { Allow: allow } });
  }
}
