import { Group, Stack, Text } from '@mantine/core';
import type { Host, HostCompliance, SettingHint } from '../../../api/generated/types.gen.ts';
import { Notice } from '../../../shared/Notice.tsx';
import { SettingAction } from './SettingAction.tsx';

/** One check and several of them. */
const words: Record<SettingHint, readonly [string, string]> = {
  inspectHostFiles: ['check waits for files of the host', 'checks wait for files of the host'],
  processLists: ['check waits for the process lists of containers', 'checks wait for the process lists of containers'],
  answer: ['check is a question to a person', 'checks are questions to a person'],
  gate: ['check was denied by the host', 'checks were denied by the host'],
  parameters: ['check waits for a parameter', 'checks wait for a parameter'],
  registerHost: ['check is known to another host of the swarm', 'checks are known to another host of the swarm'],
  scan: ['check waits for another scan', 'checks wait for another scan'],
};

/** What is missing to decide the rest, with the way to it. */
export const MissingSettings = ({ host, settings }: { host: Host; settings: HostCompliance['settings'] }) => {
  if (settings.length === 0) return null;
  return (
    <Notice tone="info" title="What is missing to tell the rest">
      <Stack gap="xs">
        {settings.map(({ setting, checks }) => (
          <Group key={setting} justify="space-between" gap="xs">
            <Text size="sm">
              {checks} {words[setting][checks === 1 ? 0 : 1]}
            </Text>
            <SettingAction setting={setting} host={host} />
          </Group>
        ))}
      </Stack>
    </Notice>
  );
};
