'use client';

import { Select, Text, TextInput } from '@mantine/core';
import type { ImportColumn } from '@/lib/db/schema/imports';
import classes from './import-columns.module.css';
import type { ImportPreview } from './import-preview';
import { fieldLabels } from './import-words';

type Props = {
  columns: ImportPreview['columns'];
  onChange: (index: number, column: ImportColumn) => void;
};

/** Each column of the file with its first cells, and what becomes of it. */
export function ImportColumns({ columns, onChange }: Props) {
  return (
    <ul className={classes.columns} aria-label="Columns">
      {columns.map(({ name, samples, column }, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a column is its place in the file
        <li key={i} className={classes.column} data-ignored={column === 'ignore' || undefined}>
          <div className={classes.source}>
            <Text fz="sm" fw={550} className={classes.name}>
              {name}
            </Text>
            <Text fz="xs" c="dimmed" truncate title={samples.join('\n')}>
              {samples.filter((sample) => sample.trim() !== '').join(' · ') || 'Empty in the first rows'}
            </Text>
          </div>
          <ColumnChoice name={name} column={column} onChange={(next) => onChange(i, next)} />
        </li>
      ))}
    </ul>
  );
}

type ChoiceProps = { name: string; column: ImportColumn; onChange: (column: ImportColumn) => void };

function ColumnChoice({ name, column, onChange }: ChoiceProps) {
  const value = typeof column === 'string' ? column : 'attribute';
  function choose(chosen: string | null) {
    const field = fieldLabels.find((known) => known.value === chosen)?.value;
    if (!field) return;
    onChange(field === 'attribute' ? { attribute: suggestion(name) } : field);
  }
  return (
    <div className={classes.choice}>
      <Select
        aria-label={`${name} becomes`}
        data={fieldLabels}
        value={value}
        onChange={choose}
        allowDeselect={false}
        checkIconPosition="right"
        maxDropdownHeight={380}
      />
      {typeof column === 'object' && (
        <TextInput
          aria-label={`Name of the attribute for ${name}`}
          value={column.attribute}
          onChange={(event) => onChange({ attribute: event.currentTarget.value })}
          error={/^[a-z][a-z0-9_]{0,62}$/.test(column.attribute) ? undefined : 'Small letters, digits and _'}
          spellCheck={false}
        />
      )}
    </div>
  );
}

const suggestion = (name: string) =>
  name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^[_0-9]+|_+$/g, '')
    .slice(0, 60) || 'attribute';
