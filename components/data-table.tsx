import {
  Box,
  Paper,
  Table,
  TableTbody,
  TableTd,
  TableTh,
  TableThead,
  TableTr,
  Text,
  VisuallyHidden,
} from '@mantine/core';
import { IconArrowDown, IconArrowUp } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import classes from './data-table.module.css';
import { Link } from './link';

export type Column<Row> = {
  key: string;
  header: ReactNode;
  cell: (row: Row) => ReactNode;
  /** Numbers stand at the right, in figures of one width. */
  align?: 'left' | 'right';
  /** Hidden on screens narrower than this; say the essential of it in the first column instead. */
  from?: 'xs' | 'sm' | 'md' | 'lg';
  width?: number | string;
  /** Makes the header a link that sorts by this column. */
  sort?: { href: string; direction?: 'ascending' | 'descending' };
};

type Props<Row> = {
  /** Names the table for those who do not see it. */
  label: string;
  columns: Column<Row>[];
  rows: Row[];
  rowKey: (row: Row) => string;
  /** The row's own page: the first column becomes the link, and the whole row can be clicked. */
  href?: (row: Row) => string;
  /** Stands before the first column, e.g. a checkbox. Its own clicks do not open the row. */
  select?: { header: ReactNode; cell: (row: Row) => ReactNode };
  /** Shown in place of rows. */
  empty?: ReactNode;
  /** Below the rows, in the same frame: the pager. */
  footer?: ReactNode;
};

/** A quiet table of rows that the server has chosen. For server components: cells are functions. */
export function DataTable<Row>({ label, columns, rows, rowKey, href, select, empty, footer }: Props<Row>) {
  if (rows.length === 0 && empty) return <Paper withBorder>{empty}</Paper>;
  return (
    <Paper withBorder className={classes.frame}>
      <Table
        verticalSpacing={9}
        highlightOnHover={href !== undefined}
        className={classes.table}
        aria-label={label}
      >
        <TableThead>
          <TableTr>
            {select && <TableTh className={classes.check}>{select.header}</TableTh>}
            {columns.map((column) => (
              <TableTh
                key={column.key}
                visibleFrom={column.from}
                w={column.width}
                ta={column.align}
                className={classes.header}
                aria-sort={column.sort?.direction}
              >
                <Header column={column} />
              </TableTh>
            ))}
          </TableTr>
        </TableThead>
        <TableTbody>
          {rows.map((row) => (
            <TableTr key={rowKey(row)} className={href && classes.row}>
              {select && <TableTd className={classes.check}>{select.cell(row)}</TableTd>}
              {columns.map((column, index) => (
                <TableTd
                  key={column.key}
                  visibleFrom={column.from}
                  ta={column.align}
                  className={column.align === 'right' ? `numbers ${classes.cell}` : classes.cell}
                >
                  {index === 0 && href ? (
                    <Link href={href(row)} className={classes.open} prefetch={false}>
                      {column.cell(row)}
                    </Link>
                  ) : (
                    column.cell(row)
                  )}
                </TableTd>
              ))}
            </TableTr>
          ))}
        </TableTbody>
      </Table>
      {rows.length === 0 && !empty && (
        <Text c="dimmed" ta="center" py="xl">
          Nothing here.
        </Text>
      )}
      {footer && <Box className={classes.footer}>{footer}</Box>}
    </Paper>
  );
}

function Header<Row>({ column }: { column: Column<Row> }) {
  const { header, sort } = column;
  if (!sort) return header;
  const Arrow = sort.direction === 'ascending' ? IconArrowUp : IconArrowDown;
  return (
    <Link href={sort.href} className={classes.sort} data-active={sort.direction !== undefined || undefined}>
      {header}
      <Arrow size={13} aria-hidden />
      <VisuallyHidden>, sort by this</VisuallyHidden>
    </Link>
  );
}
