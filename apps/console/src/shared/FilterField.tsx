import { TextInput, type TextInputProps } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { useState } from 'react';

interface FilterFieldProps extends Omit<TextInputProps, 'value' | 'defaultValue' | 'onChange'> {
  /** What the filter is now. */
  value: string;
  onChange: (value: string) => void;
}

const pauseMs = 300;

/** A text filter that acts when one stops typing, and follows the URL when that changes otherwise. */
export const FilterField = ({ value, onChange, ...props }: FilterFieldProps) => {
  const [typed, setTyped] = useState(value);
  const [sent, setSent] = useState(value);
  const send = useDebouncedCallback((text: string) => {
    setSent(text);
    onChange(text);
  }, pauseMs);
  if (value !== sent) {
    setSent(value);
    setTyped(value);
  }
  return (
    <TextInput
      {...props}
      value={typed}
      onChange={(event) => {
        setTyped(event.currentTarget.value);
        send(event.currentTarget.value.trim());
      }}
    />
  );
};
