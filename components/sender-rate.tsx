import { NumberInput } from '@mantine/core';
import { durationWords } from './sender-words';

type Props = { value: number | null; onChange: (perMinute: number | null) => void; error?: string };

/** The most messages a minute, with what that means. */
export function SenderRate({ value, onChange, error }: Props) {
  const meaning =
    value === null || value < 1
      ? 'Empty: as fast as the server takes them.'
      : `10,000 people take ${durationWords(value, 10_000)}.`;
  return (
    <NumberInput
      label="At most, messages a minute"
      description={`${meaning} Ask your provider how many it allows.`}
      placeholder="No limit"
      min={1}
      max={1_000_000}
      allowDecimal={false}
      allowNegative={false}
      thousandSeparator=","
      hideControls
      w={{ base: '100%', xs: '50%' }}
      miw={{ xs: 300 }}
      value={value ?? ''}
      onChange={(next) => onChange(typeof next === 'number' ? next : null)}
      error={error}
    />
  );
}
