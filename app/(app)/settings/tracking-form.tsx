'use client';

import { Card, Stack, Switch, Text, Title } from '@mantine/core';
import { notifications } from '@mantine/notifications';
import { useAction } from '@/components/use-action';
import { useProblemNotice } from '@/components/use-problem-notice';
import { changeTrackingAction } from './actions';

/** Whether opens and clicks are recorded; takes effect at once. */
export function TrackingForm({ tracking, readOnly }: { tracking: boolean; readOnly: boolean }) {
  const { run, pending, problem } = useAction(changeTrackingAction);
  useProblemNotice(problem);
  return (
    <Card maw={640} padding="xl" component="section" aria-labelledby="tracking">
      <Stack gap="md">
        <Title order={2} id="tracking">
          Opens and clicks
        </Title>
        <Switch
          label="Record what recipients open and click"
          description="Links of e-mails lead through this server, and a picture that nobody sees tells when a message is opened. Network addresses are not kept. In some countries you need people’s consent for that."
          checked={tracking}
          disabled={readOnly || pending}
          onChange={(event) => {
            const { checked } = event.currentTarget;
            run({ tracking: checked }, () =>
              notifications.show({
                color: 'teal',
                message: checked ? 'Opens and clicks are recorded.' : 'Nothing more is recorded.',
              }),
            );
          }}
        />
        <Text fz="sm" c="dimmed">
          For a single person it can be switched off where you edit the contact. Links that went out lead on
          to where they did in any case.
        </Text>
      </Stack>
    </Card>
  );
}
