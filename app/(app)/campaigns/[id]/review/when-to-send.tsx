'use client';

import { Card, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { useState } from 'react';
import type { Preflight } from '@/lib/campaigns/preflight';
import type { CampaignId } from '@/lib/ids';
import { ScheduleForm, type When } from './schedule-form';
import { SendNow } from './send-now';

type Props = {
  id: CampaignId;
  name: string;
  plan: Preflight;
  canSend: boolean;
  isScheduled: boolean;
  when: When;
  zones: { value: string; label: string }[];
  homeZone: string;
};

/** The last step: now, or at a time that one says. */
export function WhenToSend({ id, name, plan, canSend, isScheduled, when, zones, homeZone }: Props) {
  const [choice, setChoice] = useState<'now' | 'later'>(isScheduled ? 'later' : 'now');
  return (
    <Card component="section" aria-labelledby="when">
      <Stack>
        <Title order={2} id="when">
          When
        </Title>
        <SegmentedControl
          aria-labelledby="when"
          fullWidth
          value={choice}
          onChange={(value) => setChoice(value === 'later' ? 'later' : 'now')}
          data={[
            { value: 'now', label: 'Now' },
            { value: 'later', label: 'Later' },
          ]}
        />
        {choice === 'now' ? (
          <SendNow id={id} name={name} plan={plan} canSend={canSend} />
        ) : (
          <ScheduleForm
            id={id}
            initial={when}
            zones={zones}
            homeZone={homeZone}
            isScheduled={isScheduled}
            canSend={canSend}
          />
        )}
        {!canSend && (
          <Text c="dimmed" fz="sm" ta="center">
            Mend what stands at the top first.
          </Text>
        )}
      </Stack>
    </Card>
  );
}
