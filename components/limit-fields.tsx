import { NumberInput, SimpleGrid, Text } from '@mantine/core';
import type { Limits } from '@/lib/throttle/pace';
import { secondsFor } from '@/lib/throttle/pace';
import { duration } from './campaign-words';
import { limitWindows } from './limit-words';
import classes from './sender.module.css';

type Props = {
  value: Limits;
  onChange: (limits: Limits) => void;
  /** By the limit's name. */
  errors: Partial<Record<keyof Limits, string>>;
  hint: string;
};

/** The most messages in any second, minute, hour and day, with what that means. */
export function LimitFields({ value, onChange, errors, hint }: Props) {
  const valid = Object.values(value).every((most) => most === null || most >= 1);
  const seconds = valid ? secondsFor(10_000, [value]) : null;
  return (
    <fieldset className={classes.limits}>
      <Text component="legend" fz="sm" fw={600} p={0}>
        The most messages
      </Text>
      <SimpleGrid cols={{ base: 2, xs: 4 }} mt={4}>
        {limitWindows.map(({ limit, label }) => (
          <NumberInput
            key={limit}
            label={label}
            labelProps={{ fw: 400, fz: 'sm' }}
            placeholder="No limit"
            min={1}
            max={1_000_000}
            allowDecimal={false}
            allowNegative={false}
            thousandSeparator=","
            hideControls
            value={value[limit] ?? ''}
            onChange={(next) => onChange({ ...value, [limit]: typeof next === 'number' ? next : null })}
            error={errors[limit]}
          />
        ))}
      </SimpleGrid>
      <Text fz="xs" c="dimmed" mt={6} className="numbers" aria-live="polite">
        {seconds === null
          ? 'All empty: as fast as the server takes them.'
          : `10,000 people take ${duration(seconds)}.`}{' '}
        {hint}
      </Text>
    </fieldset>
  );
}
