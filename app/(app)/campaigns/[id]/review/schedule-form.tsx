'use client';

import { Alert, Button, Group, Radio, Select, Stack, Text, TextInput } from '@mantine/core';
import { IconCalendarClock, IconClockOff } from '@tabler/icons-react';
import { useState } from 'react';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { describeMoment, type LocalTime, offsetName, resolveLocalTime } from '@/lib/campaigns/local-time';
import type { CampaignId } from '@/lib/ids';
import { scheduleCampaignAction } from '../../actions';

export type When = {
  date: string;
  time: string;
  zone: string;
  /** Where the time comes twice. */
  which: 'first' | 'second' | null;
};

type Props = {
  id: CampaignId;
  initial: When;
  zones: { value: string; label: string }[];
  /** The workspace's own, in which people think. */
  homeZone: string;
  isScheduled: boolean;
  canSend: boolean;
};

/** A day, a clock time and the place whose clock is meant; and what that comes to, while one chooses. */
export function ScheduleForm({ id, initial, zones, homeZone, isScheduled, canSend }: Props) {
  const [when, setWhen] = useState(initial);
  const { run, pending, problem, ...answer } = useAction(scheduleCampaignAction);
  const [asked, setAsked] = useState<When>();
  // What was said about another time is no longer true of this one.
  const fields = asked === when ? answer.fields : {};
  // Which of two is said of one day, time and place.
  const set = (changes: Partial<When>) => setWhen((current) => ({ ...current, which: null, ...changes }));
  const found = resolveLocalTime(when.date, when.time, when.zone);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (pending) return;
        setAsked(when);
        run({ id, ...when, which: found?.kind === 'twice' ? when.which : null });
      }}
    >
      <Stack>
        <Group grow align="flex-start" preventGrowOverflow={false}>
          <TextInput
            type="date"
            label="Day"
            value={when.date}
            onChange={(event) => set({ date: event.currentTarget.value })}
            error={fields.date}
          />
          <TextInput
            type="time"
            label="Time"
            value={when.time}
            onChange={(event) => set({ time: event.currentTarget.value })}
            error={fields.time}
          />
        </Group>
        <Select
          label="Time zone"
          description="The clock that you mean."
          searchable
          allowDeselect={false}
          data={zones}
          value={when.zone}
          onChange={(zone) => set({ zone: zone ?? homeZone })}
          error={fields.zone}
          nothingFoundMessage="No such time zone"
        />
        <div aria-live="polite">
          {found && (
            <Meaning
              found={found}
              zone={when.zone}
              homeZone={homeZone}
              which={when.which}
              onWhich={(which) => set({ which })}
              error={fields.which}
            />
          )}
        </div>
        <ProblemAlert problem={problem} />
        <Button
          type="submit"
          size="md"
          loading={pending}
          disabled={!canSend}
          leftSection={<IconCalendarClock size={18} aria-hidden />}
        >
          {isScheduled ? 'Change the time' : 'Schedule'}
        </Button>
      </Stack>
    </form>
  );
}

type MeaningProps = {
  found: LocalTime;
  zone: string;
  homeZone: string;
  which: 'first' | 'second' | null;
  onWhich: (which: 'first' | 'second') => void;
  error: string | undefined;
};

function Meaning({ found, zone, homeZone, which, onWhich, error }: MeaningProps) {
  const [openedAt] = useState(() => Date.now());
  if (found.kind === 'never')
    return (
      <Alert
        variant="default"
        icon={<IconClockOff color="var(--mantine-color-orange-filled)" aria-hidden />}
        title="There is no such time on that day"
      >
        The clocks go forward from {found.from} to {found.to}. Choose a time before or after that.
      </Alert>
    );
  const at = found.kind === 'once' ? found.at : which && found[which];
  return (
    <Stack gap="sm">
      {found.kind === 'twice' && (
        <Radio.Group
          label="That time comes twice on that day. Which do you mean?"
          description={`The clocks go back from ${found.from} to ${found.to}.`}
          value={which}
          onChange={(value) => onWhich(value === 'second' ? 'second' : 'first')}
          error={error}
        >
          <Group mt="xs">
            <Radio value="first" label={`The first (${offsetName(found.first, zone)})`} />
            <Radio value="second" label={`The second (${offsetName(found.second, zone)})`} />
          </Group>
        </Radio.Group>
      )}
      {at && (
        <Text fz="sm" className="numbers">
          {new Date(at).getTime() <= openedAt ? 'That time has passed:' : 'Goes out on'}{' '}
          <strong>{describeMoment(at, zone)}</strong>.
          {zone !== homeZone && (
            <Text component="span" inherit c="dimmed">
              {' '}
              In your workspace that is {describeMoment(at, homeZone)}.
            </Text>
          )}
        </Text>
      )}
    </Stack>
  );
}
