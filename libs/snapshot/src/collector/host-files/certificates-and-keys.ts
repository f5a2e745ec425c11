import { z } from 'zod';
import type { DockerClientFolder } from '../../schema/host-files.ts';
import { lenient, text } from '../../schema/lenient.ts';
import { redactText } from '../../redaction/redact-text.ts';
import { baseName, folderOf } from './host-path-names.ts';
import type { HostView } from './host-view.ts';

const registryFolder = '/etc/docker/certs.d';
const configBytes = 256 * 1024;
const contextLimit = 200;

/**
 * Files below the folder of the registries' certificates. Listing it brings the content along; none is wanted, so all
 * of it, keys too, is overwritten as it arrives.
 */
export const readRegistryCertificates = async (view: HostView): Promise<string[] | null | undefined> => {
  const found = await view.tree(registryFolder, { limitEntries: 1_000, wantedBytes: () => 0 });
  if (found === undefined) return undefined;
  if (found === 'absent') return null;
  const files: string[] = [];
  for (const path of found) {
    const looked = await view.lookWithOwner(path);
    if (looked.state !== 'found' || looked.entry.kind !== 'folder') files.push(path);
  }
  return files;
};

const ClientConfig = z.object({
  auths: lenient(z.record(z.string(), z.looseObject({ auth: text, password: text, identitytoken: text }))),
  credsStore: text,
  credHelpers: lenient(z.record(z.string(), z.string())),
  proxies: lenient(z.record(z.string(), z.record(z.string(), z.unknown()))),
});
const ContextMetadata = z.object({ Endpoints: lenient(z.object({ docker: lenient(z.object({ Host: text })) })) });

const parsed = <T>(schema: z.ZodType<T>, content: string): T | undefined => {
  try {
    return schema.safeParse(JSON.parse(content)).data;
  } catch {
    return undefined;
  }
};

/** What the folder `.docker` of an account holds; logins and keys are judged here and kept nowhere. */
export const readClientFolder = async (view: HostView, home: string): Promise<DockerClientFolder> => {
  const folder = `${home}/.docker`;
  const content = await view.text(`${folder}/config.json`, configBytes);
  const contexts = await readContexts(view, `${folder}/contexts/meta`);
  if (content === undefined) return { home, state: 'unreadable', contexts };
  if (content === 'absent') return { home, state: 'absent', registries: [], proxyPassword: false, contexts };
  const config = parsed(ClientConfig, content);
  if (config === undefined) return { home, state: 'malformed', contexts };
  return {
    home,
    state: 'read',
    registries: Object.entries(config.auths ?? {}).map(([name, { auth, password, identitytoken }]) => ({
      name: redactText(name, '', () => undefined),
      holdsCredential: [auth, password, identitytoken].some((secret) => secret !== undefined && secret !== ''),
    })),
    credentialStore: config.credsStore ?? null,
    proxyPassword: Object.values(config.proxies ?? {})
      .flatMap((proxy) => Object.values(proxy))
      .some((address) => typeof address === 'string' && /:\/\/[^/@]*:[^/@]*@/u.test(address)),
    contexts,
  };
};

/** A context's key lies in a folder of the same name beside its description. */
const readContexts = async (view: HostView, metaFolder: string): Promise<DockerClientFolder['contexts']> => {
  const wantedBytes = (path: string): number => (baseName(path) === 'meta.json' ? configBytes : 0);
  const found = await view.tree(metaFolder, { limitEntries: contextLimit, wantedBytes });
  if (found === undefined) return undefined;
  if (found === 'absent') return [];
  const contexts: { host: string | undefined; hasKey: boolean | undefined }[] = [];
  for (const path of found.filter((one) => baseName(one) === 'meta.json')) {
    const content = await view.text(path, configBytes);
    const host = content === undefined ? undefined : parsed(ContextMetadata, content)?.Endpoints?.docker?.Host;
    const key = await view.look(`${folderOf(metaFolder)}/tls/${baseName(folderOf(path))}/docker/key.pem`);
    contexts.push({
      host: host === undefined ? undefined : redactText(host, '', () => undefined),
      hasKey: key.state === 'unseen' ? undefined : key.state === 'found',
    });
  }
  return contexts;
};
