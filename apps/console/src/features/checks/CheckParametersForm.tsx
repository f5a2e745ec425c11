import {
  Button,
  Group,
  JsonInput,
  NumberInput,
  Select,
  Stack,
  Switch,
  TagsInput,
  Text,
  TextInput,
} from '@mantine/core';
import { useForm } from '@mantine/form';
import type { ReactNode } from 'react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import {
  listChecksQueryKey,
  resetCheckParametersMutation,
  setCheckParametersMutation,
} from '../../api/generated/@tanstack/react-query.gen.ts';
import type { CheckParameters } from '../../api/generated/types.gen.ts';
import { fieldErrorsOf } from '../../api/problem.ts';
import { usePermission } from '../../session/use-session.ts';
import { ProblemAlert } from '../../shared/QueryState.tsx';
import { notifyDone } from '../../shared/notify.ts';
import { TimeAgo } from '../../shared/TimeAgo.tsx';
import { type ParameterField, differing, fieldsOf, labelOf } from './parameter-fields.ts';

/** What can be adjusted of a check for the whole tenant. A change judges every host again. */
export const CheckParametersForm = ({ parameters }: { parameters: CheckParameters }) => {
  const fields = fieldsOf(parameters.schema);
  const may = usePermission('checks:configure');
  const queryClient = useQueryClient();
  const form = useForm<Record<string, unknown>>({
    initialValues: { ...parameters.defaults, ...parameters.values },
  });
  const changed = async (): Promise<void> => {
    notifyDone('Saved. All hosts are judged again.');
    await queryClient.invalidateQueries({ queryKey: [{ _id: listChecksQueryKey()[0]._id }] });
  };
  const save = useMutation({
    ...setCheckParametersMutation(),
    onSuccess: changed,
    onError: (error) =>
      form.setErrors(
        Object.fromEntries(
          Object.entries(fieldErrorsOf(error)).map(([field, message]) => [field.replace(/^values\./, ''), message]),
        ),
      ),
  });
  const reset = useMutation({ ...resetCheckParametersMutation(), onSuccess: changed });
  if (fields.length === 0) return null;
  const path = { checkId: parameters.check };
  const headers = { 'If-Match': `"${parameters.version}"` };
  return (
    <form
      onSubmit={form.onSubmit((values) =>
        save.mutate({ path, headers, body: { values: differing(values, parameters.defaults) } }),
      )}
    >
      <Stack gap="sm" maw={520}>
        {save.isError && <ProblemAlert error={save.error} />}
        {reset.isError && <ProblemAlert error={reset.error} />}
        {fields.map(([name, field]) => (
          <Field
            key={name}
            name={name}
            field={field}
            disabled={!may}
            value={form.values[name]}
            error={form.errors[name]}
            onChange={(value) => form.setFieldValue(name, value)}
          />
        ))}
        {parameters.updatedAt !== null && (
          <Text size="xs" c="dimmed">
            Changed <TimeAgo time={parameters.updatedAt} size="xs" /> by {parameters.updatedBy ?? 'somebody'}
          </Text>
        )}
        {may && (
          <Group>
            <Button type="submit" size="xs" loading={save.isPending}>
              Save
            </Button>
            <Button
              size="xs"
              variant="default"
              loading={reset.isPending}
              disabled={Object.keys(parameters.values).length === 0}
              onClick={() => reset.mutate({ path, headers })}
            >
              Back to the defaults
            </Button>
          </Group>
        )}
      </Stack>
    </form>
  );
};

interface FieldProps {
  name: string;
  field: ParameterField;
  disabled: boolean;
  value: unknown;
  error: ReactNode;
  onChange: (value: unknown) => void;
}

const Field = ({ name, field, value, onChange, ...rest }: FieldProps) => {
  const label = labelOf(name);
  switch (field.kind) {
    case 'switch':
      return (
        <Switch
          label={label}
          checked={value === true}
          onChange={({ currentTarget }) => onChange(currentTarget.checked)}
          {...rest}
        />
      );
    case 'number':
      return (
        <NumberInput
          label={label}
          value={typeof value === 'number' ? value : ''}
          onChange={onChange}
          {...(field.minimum === undefined ? {} : { min: field.minimum })}
          {...(field.maximum === undefined ? {} : { max: field.maximum })}
          {...rest}
        />
      );
    case 'text':
      return (
        <TextInput
          label={label}
          value={typeof value === 'string' ? value : ''}
          onChange={({ currentTarget }) => onChange(currentTarget.value)}
          {...rest}
        />
      );
    case 'choice':
      return (
        <Select
          label={label}
          data={[...field.choices]}
          allowDeselect={false}
          value={typeof value === 'string' ? value : null}
          onChange={onChange}
          {...rest}
        />
      );
    case 'list':
      return (
        <TagsInput label={label} value={Array.isArray(value) ? value.map(String) : []} onChange={onChange} {...rest} />
      );
    case 'json':
      return <JsonField label={label} value={value} onChange={onChange} {...rest} />;
    default:
      return field satisfies never;
  }
};

/** Keeps what is typed as it is, and hands on what it means as soon as it means something. */
const JsonField = ({
  label,
  value,
  onChange,
  ...rest
}: Pick<FieldProps, 'value' | 'onChange' | 'disabled' | 'error'> & { label: string }) => (
  <JsonInput
    label={label}
    autosize
    formatOnBlur
    validationError="This is not JSON"
    defaultValue={JSON.stringify(value, null, 2)}
    onChange={(text) => {
      const parsed = parsedJson(text);
      if (parsed !== undefined) onChange(parsed.value);
    }}
    {...rest}
  />
);

const parsedJson = (text: string): { value: unknown } | undefined => {
  try {
    const value: unknown = JSON.parse(text);
    return { value };
  } catch {
    return undefined;
  }
};
