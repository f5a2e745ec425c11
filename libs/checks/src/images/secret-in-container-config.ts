import { z } from 'zod';
import { defineCheck } from '../engine/check.ts';
import { containerParameters, eachContainer, fieldNotSeen } from '../engine/containers.ts';
import { fail, pass } from '../engine/verdict.ts';
import { harmlessNames, secretsInConfig } from './container-secrets.ts';

export default defineCheck({
  id: 'secret-in-container-config',
  theme: 'images',
  severity: 'high',
  subject: 'container',
  title: 'Containers carry no secrets in variables, labels, commands or log options',
  rationale:
    'Whoever may read the API sees the configuration of every container, auditors included, and every program inside sees its variables. They end up in logs, crash reports and bug reports.',
  remediation:
    'Hand secrets over as files: compose: secrets (and variables such as POSTGRES_PASSWORD_FILE), docker secret create in a swarm, or a mounted file of mode 0400: docker run -v /srv/secrets/db:/run/secrets/db:ro -e DB_PASSWORD_FILE=/run/secrets/db … Log drivers take credentials from a file or role: "log-opts" in daemon.json hold none either. Then change the secret: it has been seen.',
  decidedBy:
    'What the collector saw in Config.Env, Labels, Cmd, Entrypoint and Healthcheck and in log options: a telling name with a value that is neither empty, a path nor a placeholder, or a value of a known form; names and detectors are kept, never values. What the image brings along follows from image-no-secrets.',
  needs: ['containers'],
  parameters: containerParameters.extend({
    /** Patterns of variables that hold no secret. */
    ignoreNames: z.array(z.string()).default(harmlessNames),
  }),
  sources: [
    'https://docs.docker.com/compose/how-tos/use-secrets/',
    'https://docs.docker.com/engine/swarm/secrets/',
    'moby/moby api/swagger.yaml (ContainerConfig.Env)',
  ],
  *evaluate({ snapshot, context, parameters }) {
    yield* eachContainer(snapshot, { ...parameters, severity: 'high' }, ({ container, inspect }) => {
      const { own, fromImage } = secretsInConfig(container, context, parameters.ignoreNames);
      const [first] = own;
      if (first !== undefined)
        return fail(
          `The container is given what looks like a secret: ${first.source}${own.length === 1 ? '' : `, and ${own.length - 1} more`}`,
          [...own, ...fromImage],
        );
      if (fromImage.length > 0)
        return fail('The container takes over what looks like a secret of its image', fromImage, {
          severity: 'low',
          causedBy: 'image-no-secrets',
        });
      if (inspect.Config?.environment === undefined) return fieldNotSeen('Config.Env');
      return pass('Nothing in the configuration of the container looks like a secret', []);
    });
  },
});
