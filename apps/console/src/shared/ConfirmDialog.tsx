import { Button, Group, Stack, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { Dialog } from './Dialog.tsx';

/** Asks before what can't be undone. */
export const ConfirmDialog = (props: {
  opened: boolean;
  title: string;
  children: ReactNode;
  confirm: string;
  loading: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) =>
  props.opened && (
    <Dialog onClose={props.onClose} title={props.title} centered>
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
    </Dialog>
  );
