import { Controller, Get } from '@nestjs/common';
import { Config } from '@plimsoll/config';
import { Installation } from '@plimsoll/contracts';
import { Endpoint } from '../http/endpoint.decorator.ts';

@Controller('v1/installation')
export class InstallationController {
  constructor(private readonly config: Config) {}

  @Get()
  @Endpoint({
    operationId: 'getInstallation',
    summary: 'What can be done here without signing in',
    permission: 'public',
    response: Installation,
  })
  read(): Installation {
    return { product: 'Plimsoll', signUp: this.config.identity.signUp };
  }
}
