'use client';

import { Alert, Center, Group, SegmentedControl, Text, VisuallyHidden } from '@mantine/core';
import { useMediaQuery } from '@mantine/hooks';
import {
  IconAlertCircle,
  IconDeviceDesktop,
  IconDeviceMobile,
  IconMoon,
  IconSun,
  type TablerIcon,
} from '@tabler/icons-react';
import { useState } from 'react';
import { MessageFrame } from '@/components/composer-message-frame';
import type { Problem } from '@/lib/errors';
import type { CampaignId, ListId } from '@/lib/ids';
import classes from './composer.module.css';
import { ReaderSelect } from './reader-select';
import type { MessagePreview } from './use-preview';

type Props = { id: CampaignId; listIds: ListId[]; preview: MessagePreview };

function choice(value: string, label: string, Icon: TablerIcon) {
  return {
    value,
    label: (
      <Center>
        <Icon size={16} stroke={1.7} aria-hidden />
        <VisuallyHidden>{label}</VisuallyHidden>
      </Center>
    ),
  };
}
const widths = [
  choice('desktop', 'Desktop width', IconDeviceDesktop),
  choice('phone', 'Phone width', IconDeviceMobile),
];
const schemes = [choice('light', 'Light', IconSun), choice('dark', 'Dark', IconMoon)];
const parts = [
  { value: 'html', label: 'HTML' },
  { value: 'text', label: 'Text' },
];

/** What a message has at its disposal in a mail program on a computer, and on a phone, in pixels. */
const desktopWidth = 660;
const phoneWidth = 375;

/** The message as somebody on the chosen lists will find it. */
export function PreviewPane({ id, listIds, preview }: Props) {
  const [part, setPart] = useState('html');
  const [chosen, setWidth] = useState<string>();
  // On a phone the message is shown as a phone shows it, and not a computer's made small.
  const isPhone = useMediaQuery('(max-width: 30em)');
  const width = chosen ?? (isPhone ? 'phone' : 'desktop');
  const [scheme, setScheme] = useState('light');
  const { shown: message, problem } = preview;
  return (
    <>
      <Group gap="xs" className={classes.previewTools}>
        <ReaderSelect
          id={id}
          listIds={listIds}
          reader={message?.contact ?? null}
          known={message !== undefined}
          onChoose={preview.setContactId}
        />
        <SegmentedControl size="xs" aria-label="Part" value={part} onChange={setPart} data={parts} />
        <SegmentedControl size="xs" aria-label="Width" value={width} onChange={setWidth} data={widths} />
        <SegmentedControl size="xs" aria-label="Colours" value={scheme} onChange={setScheme} data={schemes} />
      </Group>
      {problem && <WhyNot problem={problem} />}
      <div className={classes.mail} data-width={width}>
        <div className={classes.inboxLine}>
          <Text fw={600} fz="sm" truncate>
            {message?.subject || 'No subject yet'}
          </Text>
          <Text fz="xs" c="dimmed" truncate>
            {message?.preheader || '\u00a0'}
          </Text>
        </div>
        {part === 'html' ? (
          <MessageFrame
            html={message?.html ?? ''}
            title={`Preview: ${message?.subject ?? ''}`}
            dark={scheme === 'dark'}
            width={width === 'phone' ? phoneWidth : desktopWidth}
            className={classes.frame}
          />
        ) : (
          <textarea readOnly aria-label="Text part" className={classes.text} value={message?.text ?? ''} />
        )}
      </div>
      {message && message.bytes > 102_000 && (
        <Text fz="xs" c="light-dark(var(--mantine-color-orange-9), var(--mantine-color-orange-4))" mt={6}>
          {Math.round(message.bytes / 1000)} kB: Gmail cuts messages over 102 kB and hides the end.
        </Text>
      )}
    </>
  );
}

/** What is wrong stands at its field already; here only why the preview does not follow. */
function WhyNot({ problem }: { problem: Problem }) {
  const atField = Object.keys(problem.fields ?? {}).length > 0;
  return (
    <Alert
      color={atField ? 'gray' : 'red'}
      variant="light"
      mb="sm"
      p="xs"
      icon={<IconAlertCircle size={18} aria-hidden />}
    >
      {atField ? 'The preview goes on when the error in the message is mended.' : problem.message}
    </Alert>
  );
}
