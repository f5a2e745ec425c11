import { Button, Group, Modal, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';

/** Asks before what can't be undone. */
export const ConfirmDialog = (props: {
  opened: boolean;
  title: string;
  children: ReactNode;
  confirm: string;
  loading: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) => (
  <Modal opened={props.opened} onClose={props.onClose} title={props.title} centered>
    <Stack>
      <Text size="sm" component="div">
        {props.children}
      </Text>
      <Group justify="flex-end">
        <Button variant="default" onClick={props.onClose} data-autofocus>
          Cancel
        </Button>
        <Button color="red" loading={props.loading} onClick={props.onConfirm}>
          {props.confirm}
        </Button>
      </Group>
    </Stack>
  </Modal>
);
