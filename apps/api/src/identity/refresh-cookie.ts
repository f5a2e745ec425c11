import { Injectable } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import type { IssuedSession } from '@plimsoll/identity';
import type { ApiReply, ApiRequest } from '../http/api-request.ts';

/** Sent to the routes that renew and end sessions, and nowhere else. */
const path = '/v1/sessions';

/** The cookie that holds the refresh token: out of reach of scripts and of other sites. */
@Injectable()
export class RefreshCookie {
  constructor(private readonly config: Config) {}

  read(request: ApiRequest): string | undefined {
    return request.cookies[this.nameFor(request)];
  }

  write(request: ApiRequest, reply: ApiReply, issued: IssuedSession): void {
    const options = { ...this.optionsFor(request), expires: issued.refreshExpiresAt };
    void reply.setCookie(this.nameFor(request), issued.refreshToken, options).header('cache-control', 'no-store');
  }

  clear(request: ApiRequest, reply: ApiReply): void {
    void reply.clearCookie(this.nameFor(request), this.optionsFor(request));
  }

  /** The prefix makes browsers refuse a cookie of that name which did not come over TLS. */
  private nameFor(request: ApiRequest): string {
    return this.isSecure(request) ? '__Secure-plimsoll-session' : 'plimsoll-session';
  }

  private optionsFor(request: ApiRequest) {
    return { path, httpOnly: true, sameSite: 'strict', secure: this.isSecure(request) } as const;
  }

  private isSecure(request: ApiRequest): boolean {
    return request.protocol === 'https' || this.config.server.publicUrl?.startsWith('https:') === true;
  }
}
