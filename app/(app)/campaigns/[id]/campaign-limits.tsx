'use client';

import { Anchor, Button, Group, Modal, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { useState } from 'react';
import { LimitFields } from '@/components/limit-fields';
import { limitWords } from '@/components/limit-words';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import type { CampaignId } from '@/lib/ids';
import { givesWay, type Limits } from '@/lib/throttle/pace';
import { limitCampaignAction } from '../actions';

type Props = {
  id: CampaignId;
  limits: Limits;
  sender: { limits: Limits; limitsProposed: boolean } | null;
  canChange: boolean;
};

/** How fast a campaign may go: what its sender allows, and what it allows itself. */
export function CampaignLimits({ id, limits, sender, canChange }: Props) {
  const [opened, { open, close }] = useDisclosure(false);
  const own = limitWords(limits);
  const yields = sender !== null && givesWay(sender, limits);
  return (
    <>
      <span className="numbers">
        {!yields && (
          <>
            {(sender && limitWords(sender.limits)) ?? 'As fast as the server takes them'}
            <Text component="span" inherit c="dimmed">
              , by the sender
            </Text>
          </>
        )}
        {own && (
          <>
            {!yields && <br />}
            {own}
            <Text component="span" inherit c="dimmed">
              , for this campaign
            </Text>
          </>
        )}
      </span>
      {canChange && (
        <>
          <br />
          <Anchor component="button" type="button" inherit underline="always" onClick={open}>
            {own ? 'Change the campaign’s limits' : 'Limit this campaign'}
          </Anchor>
          <Modal opened={opened} onClose={close} title="Limits of this campaign" size="lg">
            <Form id={id} limits={limits} close={close} />
          </Modal>
        </>
      )}
    </>
  );
}

function Form({ id, limits, close }: { id: CampaignId; limits: Limits; close: () => void }) {
  const [value, setValue] = useState(limits);
  const { run, pending, problem, fields } = useAction(limitCampaignAction);
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (!pending) run({ id, limits: value }, close);
      }}
    >
      <Stack>
        <LimitFields
          value={value}
          onChange={setValue}
          errors={{
            perSecond: fields['limits.perSecond'],
            perMinute: fields['limits.perMinute'],
            perHour: fields['limits.perHour'],
            perDay: fields['limits.perDay'],
          }}
          hint="They hold beside those that were set for the sender, and can be changed while it goes out."
        />
        <ProblemAlert problem={problem} />
        <Group justify="flex-end" gap="xs">
          <Button variant="default" onClick={close} disabled={pending}>
            Leave them
          </Button>
          <Button type="submit" loading={pending}>
            Save limits
          </Button>
        </Group>
      </Stack>
    </form>
  );
}
