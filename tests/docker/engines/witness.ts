import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer, type IncomingMessage } from 'node:http';
import { dirname } from 'node:path';
import { z } from 'zod';

/** What dockerd tells an authorization plugin of a request. */
const AuthorizationRequest = z.object({
  User: z.string().optional(),
  UserAuthNMethod: z.string().optional(),
  RequestMethod: z.string(),
  RequestUri: z.string(),
});

/** A request as dockerd took it. */
export interface WitnessedRequest {
  /** Common name of the client's certificate; empty on the unix socket. */
  readonly user: string;
  /** `TLS`, or empty. */
  readonly authentication: string;
  readonly method: string;
  /** With version and query, e.g. `/v1.41/containers/json?all=1`. */
  readonly uri: string;
}

/** An authorization plugin that lets everything through, but for what it is told to deny. */
export interface Witness {
  readonly requests: readonly WitnessedRequest[];
  /** Denies what matches, until called again; `undefined` denies nothing. Forgets the requests so far. */
  deny(uri: RegExp | undefined): void;
  close(): Promise<void>;
}

/** Below the folder that the engine sees as /run; its name for `--authorization-plugin` is `witness`. */
export const witnessSocketBelowRun = 'docker/plugins/witness.sock';

/** Answers dockerd's plugin protocol: https://docs.docker.com/engine/extend/plugins_authorization/ */
export const startWitness = async (socketPath: string): Promise<Witness> => {
  const requests: WitnessedRequest[] = [];
  let denied: RegExp | undefined;
  const answerTo = (path: string, body: string): unknown => {
    if (path === '/Plugin.Activate') return { Implements: ['authz'] };
    if (path !== '/AuthZPlugin.AuthZReq') return { Allow: true }; // of an answer: the request was judged already
    const asked = AuthorizationRequest.parse(JSON.parse(body));
    const { User: user = '', UserAuthNMethod: authentication = '', RequestMethod: method, RequestUri: uri } = asked;
    requests.push({ user, authentication, method, uri });
    return denied?.test(uri) === true ? { Allow: false, Msg: 'denied by the witness' } : { Allow: true };
  };
  const server = createServer((incoming, outgoing) => {
    const answer = async (): Promise<void> => {
      const body = await textOf(incoming);
      outgoing.setHeader('content-type', 'application/vnd.docker.plugins.v1.1+json');
      outgoing.end(JSON.stringify(answerTo(incoming.url ?? '', body)));
    };
    answer().catch((error: unknown) => outgoing.destroy(error instanceof Error ? error : undefined));
  });
  await mkdir(dirname(socketPath), { recursive: true });
  server.listen(socketPath);
  await once(server, 'listening');
  return {
    requests,
    deny: (uri) => {
      denied = uri;
      requests.length = 0;
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((done) => server.close(done));
    },
  };
};

const textOf = async (incoming: IncomingMessage): Promise<string> => {
  incoming.setEncoding('utf8');
  let text = '';
  for await (const chunk of incoming) text += String(chunk);
  return text;
};
