import { Title } from '@mantine/core';
import type { HostEngine } from '../../../api/generated/types.gen.ts';
import { FactTable } from '../../../shared/FactTable.tsx';

const joined = (...words: (string | null)[]): string | null => {
  const known = words.filter((word) => word !== null && word !== '');
  return known.length === 0 ? null : known.join(', ');
};

export const EngineFacts = ({ engine }: { engine: HostEngine }) => (
  <section aria-labelledby="engine-title">
    <Title order={2} size="h5" mb="xs" id="engine-title">
      Engine
    </Title>
    <FactTable
      label="Engine"
      facts={[
        ...engine.components.map(({ name, version }) => [name, version ?? 'version not told'] as const),
        ['API', apiOf(engine)],
        ['Name of the host', engine.name],
        ['System', joined(engine.operatingSystem, engine.kernelVersion, engine.architecture)],
        ['Storage', joined(engine.storageDriver, engine.rootDirectory)],
        ['Control groups', cgroupsOf(engine)],
        ['Default runtime', engine.defaultRuntime],
        ['Security options', joined(...engine.securityOptions)],
        ['Swarm', engine.swarmState],
      ]}
    />
  </section>
);

const apiOf = ({ apiVersion, minimumApiVersion }: HostEngine): string =>
  minimumApiVersion === null ? apiVersion : `${apiVersion}, accepts ${minimumApiVersion} and later`;

const cgroupsOf = ({ cgroupVersion, cgroupDriver }: HostEngine): string | null =>
  joined(
    cgroupVersion === null ? null : `version ${cgroupVersion}`,
    cgroupDriver === null ? null : `driver ${cgroupDriver}`,
  );
