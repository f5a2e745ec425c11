import { Group, Stack, Text } from '@mantine/core';
import type { Host, HostCompliance, SettingHint } from '../../../api/generated/types.gen.ts';
import { Notice } from '../../../shared/Notice.tsx';
import { SettingAction } from './SettingAction.tsx';

const names: Record<SettingHint, string> = {
  inspectHostFiles: 'wait for files of the host',
  listProcesses: 'wait for the process lists of containers',
  answer: 'are questions to a person',
  gate: 'were denied by the host',
  parameters: 'wait for a parameter of their own',
  registerHost: 'are known to another host of the swarm',
  scan: 'wait for another scan',
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
              {checks} {checks === 1 ? 'check' : 'checks'} {names[setting]}
            </Text>
            <SettingAction setting={setting} host={host} />
          </Group>
        ))}
      </Stack>
    </Notice>
  );
};
