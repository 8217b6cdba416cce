'use client';

import { ActionIcon, Anchor, Button, Group, TextInput, Tooltip } from '@mantine/core';
import { IconChevronLeft, IconLayoutSidebarRight, IconLayoutSidebarRightFilled } from '@tabler/icons-react';
import type { SaveState as State } from '@/components/composer-autosave';
import { SaveState } from '@/components/composer-save-state';
import { Link } from '@/components/link';
import type { Channel } from '@/lib/db/states';
import type { CampaignId, ContactId } from '@/lib/ids';
import classes from './composer.module.css';
import { SendTest } from './send-test';

type Props = {
  id: CampaignId;
  name: string;
  nameError: string | undefined;
  onName: (name: string) => void;
  state: State;
  flush: () => Promise<boolean>;
  onReview: () => void;
  reviewing: boolean;
  beside: boolean;
  onBeside: (beside: boolean) => void;
  channel: Channel;
  ownAddress: string;
  contactId: ContactId | null;
};

/** Name, whether all is saved, and the ways on. */
export function ComposerHeader(props: Props) {
  const { id, name, nameError, onName, state, flush, beside, onBeside } = props;
  const Icon = beside ? IconLayoutSidebarRightFilled : IconLayoutSidebarRight;
  return (
    <header className={classes.header}>
      <div className={classes.title}>
        <Anchor component={Link} href="/campaigns" c="dimmed" fz="sm" className={classes.back}>
          <IconChevronLeft size={15} aria-hidden />
          Campaigns
        </Anchor>
        <TextInput
          aria-label="Campaign name, for yourself"
          variant="unstyled"
          value={name}
          onChange={(event) => onName(event.currentTarget.value)}
          error={nameError}
          maxLength={200}
          classNames={{ input: classes.name }}
        />
      </div>
      <Group gap="xs" className={classes.actions}>
        <SaveState state={state} />
        <Tooltip label={beside ? 'Hide preview' : 'Show preview'}>
          <ActionIcon
            size={36}
            className={classes.toggle}
            aria-label="Preview beside the message"
            aria-pressed={beside}
            onClick={() => onBeside(!beside)}
          >
            <Icon size={18} aria-hidden />
          </ActionIcon>
        </Tooltip>
        <SendTest
          id={id}
          channel={props.channel}
          ownAddress={props.ownAddress}
          contactId={props.contactId}
          flush={flush}
        />
        <Button onClick={props.onReview} loading={props.reviewing}>
          Review and send
        </Button>
      </Group>
    </header>
  );
}
