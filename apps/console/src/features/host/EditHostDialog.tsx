import { Button, Checkbox, Group, Stack, Switch, TagsInput, TextInput } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { getHostQueryKey, updateHostMutation } from '../../api/generated/@tanstack/react-query.gen.ts';
import type { Host } from '../../api/generated/types.gen.ts';
import { fieldErrorsOf } from '../../api/problem.ts';
import { usePermission } from '../../session/use-session.ts';
import { Dialog } from '../../shared/Dialog.tsx';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { PemDrop } from '../hosts/PemDrop.tsx';
import { labelsFromTags, tagsFromLabels } from '../hosts/label-tags.ts';

export const EditHostDialog = ({ host, onClose }: { host: Host; onClose: () => void }) => {
  const queryClient = useQueryClient();
  const mayInspectFiles = usePermission('hosts:inspect-files');
  const form = useForm({
    initialValues: {
      name: host.name,
      address: host.address,
      labels: tagsFromLabels(host.labels),
      processLists: host.processLists,
      inspectHostFiles: host.inspectHostFiles,
      newCredential: false,
      ca: '',
      certificate: '',
      key: '',
    },
  });
  const update = useMutation({
    ...updateHostMutation(),
    onSuccess: async () => {
      await queryClient.invalidateQueries({ queryKey: getHostQueryKey({ path: { hostId: host.id } }) });
      onClose();
    },
    onError: (error) =>
      form.setErrors(
        Object.fromEntries(
          Object.entries(fieldErrorsOf(error)).map(([field, message]) => [
            field.replace(/^credential\./, '').replace(/^labels.*/, 'labels'),
            message,
          ]),
        ),
      ),
  });
  return (
    <Dialog onClose={onClose} title="Change host" size="lg">
      <form
        onSubmit={form.onSubmit(
          ({ name, address, labels, processLists, inspectHostFiles, newCredential, ca, certificate, key }) =>
            update.mutate({
              path: { hostId: host.id },
              body: {
                name,
                address,
                labels: labelsFromTags(labels),
                processLists,
                // Not sent where it stays: whoever may change a host may not always change this.
                ...(inspectHostFiles === host.inspectHostFiles ? {} : { inspectHostFiles }),
                ...(newCredential ? { credential: { ca, certificate, key } } : {}),
              },
              headers: { 'If-Match': `"${host.version}"` },
            }),
        )}
      >
        <Stack>
          {update.isError && <ProblemAlert error={update.error} />}
          <TextInput label="Name" required maxLength={100} data-autofocus {...form.getInputProps('name')} />
          <TextInput label="Address" required {...form.getInputProps('address')} />
          <TagsInput label="Labels" {...form.getInputProps('labels')} />
          <Checkbox
            label="Ask for process lists of running containers"
            {...form.getInputProps('processLists', { type: 'checkbox' })}
          />
          <Checkbox
            label="Read files of the host"
            description="Each scan creates one container that is never started, reads a few configuration files through it, and removes it."
            disabled={!mayInspectFiles}
            {...form.getInputProps('inspectHostFiles', { type: 'checkbox' })}
          />
          {host.address.startsWith('tcp:') && (
            <Switch
              label="Replace the certificates and key"
              {...form.getInputProps('newCredential', { type: 'checkbox' })}
            />
          )}
          {form.values.newCredential && (
            <PemDrop
              values={form.values}
              errors={form.errors}
              onChange={(field, text) => form.setFieldValue(field, text)}
            />
          )}
          <Group justify="flex-end">
            <Button variant="default" onClick={onClose}>
              Cancel
            </Button>
            <Button type="submit" loading={update.isPending}>
              Save
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
};
