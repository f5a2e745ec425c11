import { Button, Card, Checkbox, Group, Stack, TagsInput, TextInput, Title } from '@mantine/core';
import { useForm } from '@mantine/form';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, useNavigate } from 'react-router';
import {
  createHostMutation,
  listHostsQueryKey,
  startScanMutation,
  testConnectionMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { CreateHost } from '../../api/generated/types.gen.ts';
import { fieldErrorsOf } from '../../api/problem.ts';
import { usePermission } from '../../session/use-session.ts';
import { PageHeader } from '../../shared/PageHeader.tsx';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { newIdempotencyKey, useIdempotencyKey } from '../../shared/idempotency-key.ts';
import { ConnectionTestResult } from './ConnectionTestResult.tsx';
import { type PemField, PemDrop } from './PemDrop.tsx';
import { labelsFromTags } from './label-tags.ts';

interface Values {
  name: string;
  address: string;
  labels: string[];
  ca: string;
  certificate: string;
  key: string;
  processLists: boolean;
  inspectHostFiles: boolean;
}

const credentialOf = ({ ca, certificate, key }: Values): Pick<CreateHost, 'credential'> =>
  ca === '' && certificate === '' && key === '' ? {} : { credential: { ca, certificate, key } };

/** The server names fields as they are nested in the body. */
const toFormField = (field: string): string => field.replace(/^credential\./, '').replace(/^labels.*/, 'labels');
const formErrorsOf = (error: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(fieldErrorsOf(error)).map(([field, message]) => [toFormField(field), message]));

/** Where, with what, does it work, save: in this order, on one page, and nothing is saved before the last step. */
export const RegisterHostPage = () => {
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const idempotency = useIdempotencyKey();
  const mayInspectFiles = usePermission('hosts:inspect-files');
  const form = useForm<Values>({
    initialValues: {
      name: '',
      address: 'tcp://',
      labels: [],
      ca: '',
      certificate: '',
      key: '',
      processLists: true,
      inspectHostFiles: false,
    },
  });
  const isSocket = form.values.address.startsWith('unix:');
  const test = useMutation({ ...testConnectionMutation(), onError: (error) => form.setErrors(formErrorsOf(error)) });
  const scan = useMutation(startScanMutation());
  const create = useMutation({
    ...createHostMutation(),
    onSuccess: async (host) => {
      await queryClient.invalidateQueries({ queryKey: [{ _id: listHostsQueryKey()[0]._id }] });
      // The host is saved whatever becomes of its first scan: its page tells.
      await scan
        .mutateAsync({ path: { hostId: host.id }, body: {}, headers: { 'Idempotency-Key': newIdempotencyKey() } })
        .catch(() => {});
      await navigate(`/hosts/${host.id}`);
    },
    onError: (error) => {
      form.setErrors(formErrorsOf(error));
      idempotency.renew();
    },
  });
  const runTest = (): void => {
    form.clearErrors();
    test.mutate({ body: { address: form.values.address, ...credentialOf(form.values) } });
  };
  const setPem = (field: PemField, text: string): void => {
    form.setFieldValue(field, text);
    form.clearFieldError(field);
    test.reset();
  };
  return (
    <>
      <PageHeader
        parent={{ to: '/hosts', label: 'Hosts' }}
        title="Register a host"
        description="Nothing is installed on it. A scan reads through the Docker Engine API, and changes nothing."
      />
      <form
        onSubmit={form.onSubmit((values) =>
          create.mutate({
            body: {
              name: values.name,
              address: values.address,
              labels: labelsFromTags(values.labels),
              processLists: values.processLists,
              inspectHostFiles: values.inspectHostFiles,
              ...credentialOf(values),
            },
            headers: idempotency.headers,
          }),
        )}
      >
        <Stack maw={680}>
          <Card withBorder component="section" aria-labelledby="where-title">
            <Title order={2} size="h5" mb="sm" id="where-title">
              1. The host
            </Title>
            <Stack>
              <TextInput
                label="Name"
                placeholder="build-7"
                required
                maxLength={100}
                autoFocus
                {...form.getInputProps('name')}
              />
              <TextInput
                label="Address"
                description="tcp://host:2376, or unix:///var/run/docker.sock where the operator allows it"
                required
                {...form.getInputProps('address')}
              />
              <TagsInput
                label="Labels"
                description="name=value, then Enter"
                placeholder="team=payments"
                {...form.getInputProps('labels')}
              />
            </Stack>
          </Card>
          {!isSocket && (
            <Card withBorder component="section" aria-labelledby="with-title">
              <Title order={2} size="h5" mb="sm" id="with-title">
                2. Certificates and key
              </Title>
              <PemDrop values={form.values} errors={form.errors} onChange={setPem} />
            </Card>
          )}
          <Card withBorder component="section" aria-labelledby="test-title">
            <Title order={2} size="h5" mb="sm" id="test-title">
              {isSocket ? '2' : '3'}. Connection test
            </Title>
            <Stack align="flex-start">
              <Button variant="default" loading={test.isPending} onClick={runTest}>
                Test the connection
              </Button>
              <div aria-live="polite">
                {test.isError && <ProblemAlert error={test.error} />}
                {test.data !== undefined && <ConnectionTestResult result={test.data} />}
              </div>
            </Stack>
          </Card>
          <Checkbox
            label="Ask for process lists of running containers"
            description="Decides a few checks more exactly. The host notes a “top” event for each, the only trace that a scan leaves."
            {...form.getInputProps('processLists', { type: 'checkbox' })}
          />
          {mayInspectFiles && (
            <Checkbox
              label="Read files of the host"
              description="Decides about eighty checks more. Each scan creates one container that is never started, reads a few configuration files through it, and removes it; keys and password files are never read."
              {...form.getInputProps('inspectHostFiles', { type: 'checkbox' })}
            />
          )}
          {create.isError && <ProblemAlert error={create.error} />}
          <Group>
            <Button type="submit" loading={create.isPending}>
              Save and scan
            </Button>
            <Button variant="default" component={Link} to="/hosts">
              Cancel
            </Button>
          </Group>
        </Stack>
      </form>
    </>
  );
};
