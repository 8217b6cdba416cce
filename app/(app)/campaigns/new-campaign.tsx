'use client';

import { Button, Modal } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { IconPlus } from '@tabler/icons-react';
import { NewCampaignForm } from './new-campaign-form';

export function NewCampaign({ label = 'New campaign' }: { label?: string }) {
  const [opened, { open, close }] = useDisclosure(false);
  return (
    <>
      <Button leftSection={<IconPlus size={16} aria-hidden />} onClick={open}>
        {label}
      </Button>
      <Modal opened={opened} onClose={close} title="New campaign">
        <NewCampaignForm onCancel={close} />
      </Modal>
    </>
  );
}
