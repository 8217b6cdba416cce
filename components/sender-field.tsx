'use client';

import { NumberInput, PasswordInput, Select, Switch, TextInput } from '@mantine/core';
import type { ProviderField } from '@/lib/providers/definition';

type Value = string | number | boolean;
type Props = {
  field: ProviderField;
  value: Value;
  /** A secret that is kept already: it stays when the field is left empty. */
  isSet: boolean;
  error?: string;
  onChange: (value: Value) => void;
};

/** One setting of a provider as an input of its kind. */
export function SenderField({ field, value, isSet, error, onChange }: Props) {
  const { label, help, placeholder } = field;
  const common = { label, error, inputWrapperOrder: ['label', 'input', 'description', 'error'] as const };
  const wrapper = { ...common, inputWrapperOrder: [...common.inputWrapperOrder] };
  switch (field.kind) {
    case 'secret':
      return (
        <PasswordInput
          {...wrapper}
          description={isSet ? 'It is set. Leave empty to keep it.' : help}
          placeholder={isSet ? '••••••••' : placeholder}
          autoComplete="new-password"
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
    case 'number':
      return (
        <NumberInput
          {...wrapper}
          description={help}
          placeholder={placeholder}
          allowDecimal={false}
          allowNegative={false}
          hideControls
          value={Number(value) || ''}
          onChange={(next) => onChange(Number(next) || 0)}
        />
      );
    case 'choice':
      return (
        <Select
          {...wrapper}
          description={help}
          allowDeselect={false}
          data={field.options ?? []}
          value={String(value)}
          onChange={(next) => onChange(next ?? field.initial)}
        />
      );
    case 'switch':
      return (
        <Switch
          label={label}
          description={help}
          error={error}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case 'text':
      return (
        <TextInput
          {...wrapper}
          description={help}
          placeholder={placeholder}
          autoComplete="off"
          spellCheck={false}
          value={String(value)}
          onChange={(event) => onChange(event.currentTarget.value)}
        />
      );
  }
}
