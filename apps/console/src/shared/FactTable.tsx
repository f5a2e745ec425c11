import { Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface FactTableProps {
  /** What it is a table of, for readers of screens. */
  label: string;
  /** Name and value; what is null was not told and is left out. */
  facts: readonly (readonly [string, ReactNode])[];
}

/** Names and values, one a line. */
export const FactTable = ({ label, facts }: FactTableProps) => (
  <Table withTableBorder variant="vertical" layout="fixed" aria-label={label}>
    <Table.Tbody>
      {facts
        .filter(([, value]) => value !== null && value !== '')
        .map(([name, value]) => (
          <Table.Tr key={name}>
            <Table.Th scope="row" w="38%">
              {name}
            </Table.Th>
            <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
          </Table.Tr>
        ))}
    </Table.Tbody>
  </Table>
);
