import { Button, FileButton, Group, Paper, Stack, Text, Textarea } from '@mantine/core';
import { IconFileCertificate } from '@tabler/icons-react';
import { type DragEvent, type ReactNode, useState } from 'react';
import classes from './PemDrop.module.css';

export const pemFields = ['ca', 'certificate', 'key'] as const;
export type PemField = (typeof pemFields)[number];

const labels: Record<PemField, { label: string; file: string }> = {
  ca: { label: 'Authority', file: 'ca.pem' },
  certificate: { label: 'Client certificate', file: 'cert.pem' },
  key: { label: 'Client key', file: 'key.pem' },
};
const largestFileBytes = 65_536;

/** Which field a file belongs to: a key by its content, authority and certificate by their usual names. */
export const fieldOf = (fileName: string, text: string): PemField | undefined => {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text)) return 'key';
  if (!text.includes('-----BEGIN CERTIFICATE-----')) return undefined;
  return /(^|[^a-z])ca([^a-z]|$)/i.test(fileName) ? 'ca' : 'certificate';
};

interface PemDropProps {
  values: Record<PemField, string>;
  errors: Partial<Record<string, ReactNode>>;
  onChange: (field: PemField, text: string) => void;
}

/** Takes ca.pem, cert.pem and key.pem dropped together or chosen one by one; they leave the browser only when used. */
export const PemDrop = ({ values, errors, onChange }: PemDropProps) => {
  const [over, setOver] = useState(false);
  const [refused, setRefused] = useState<string[]>([]);

  const take = async (files: readonly File[]): Promise<void> => {
    const unused: string[] = [];
    for (const file of files) {
      const text = file.size > largestFileBytes ? '' : await file.text();
      const field = fieldOf(file.name, text);
      if (field === undefined) unused.push(file.name);
      else onChange(field, text);
    }
    setRefused(unused);
  };
  const drop = (event: DragEvent): void => {
    event.preventDefault();
    setOver(false);
    void take([...event.dataTransfer.files]);
  };
  return (
    <Stack>
      <Paper
        withBorder
        p="md"
        className={over ? classes.over : classes.zone}
        onDragOver={(event: DragEvent) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={drop}
      >
        <Group gap="sm">
          <IconFileCertificate aria-hidden />
          <Text size="sm" flex="1 1 12rem">
            Drop ca.pem, cert.pem and key.pem here, all at once
          </Text>
          <FileButton multiple onChange={(files) => void take(files)} inputProps={{ 'aria-label': 'Choose PEM files' }}>
            {(props) => (
              <Button variant="default" size="xs" {...props}>
                Choose files
              </Button>
            )}
          </FileButton>
        </Group>
      </Paper>
      {refused.length > 0 && (
        <Text size="sm" c="var(--mantine-color-error)" role="alert">
          Not a PEM certificate or key: {refused.join(', ')}
        </Text>
      )}
      {pemFields.map((field) => (
        <Textarea
          key={field}
          label={`${labels[field].label} (${labels[field].file})`}
          placeholder={field === 'key' ? '-----BEGIN PRIVATE KEY-----' : '-----BEGIN CERTIFICATE-----'}
          autosize
          minRows={2}
          maxRows={4}
          spellCheck={false}
          autoComplete="off"
          value={values[field]}
          error={errors[field]}
          onChange={(event) => onChange(field, event.currentTarget.value)}
          styles={{ input: { fontFamily: 'var(--mantine-font-family-monospace)', fontSize: 12 } }}
        />
      ))}
      <Text size="xs" c="dimmed">
        The key is stored encrypted and never shown again.
      </Text>
    </Stack>
  );
};
