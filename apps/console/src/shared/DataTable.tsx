import { Table } from '@mantine/core';
import type { ReactNode } from 'react';
import { ScrollBox } from './ScrollBox.tsx';
import classes from './DataTable.module.css';

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ReactNode;
  /** For what may be long, and hold no spaces: may break anywhere. Others stay on one line. */
  wraps?: boolean;
  /** What names the row, or its buttons: needs no label on a phone. */
  bare?: boolean;
}

interface DataTableProps<Row> {
  /** What it is a table of, for readers of screens. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row) => string;
}

/** A table where there is room for one, a list of cards on a phone. The roles survive the change of layout. */
export const DataTable = <Row,>({ label, columns, rows, rowKey }: DataTableProps<Row>) => (
  <ScrollBox label={label}>
    <Table verticalSpacing="sm" className={classes.table} role="table" aria-label={label}>
      <Table.Thead role="rowgroup">
        <Table.Tr role="row">
          {columns.map(({ head }) => (
            <Table.Th key={head} role="columnheader" className={classes.head}>
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody role="rowgroup">
        {rows.map((row) => (
          <Table.Tr key={rowKey(row)} role="row" className={classes.row}>
            {columns.map(({ head, cell, wraps = false, bare = false }) => (
              <Table.Td
                key={head}
                role="cell"
                className={`${classes.cell} ${wraps ? classes.wraps : ''}`}
                data-label={bare ? '' : head}
              >
                <div>{cell(row)}</div>
              </Table.Td>
            ))}
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </ScrollBox>
);
