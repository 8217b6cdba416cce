'use client';

import { Alert, Group, SegmentedControl, Text } from '@mantine/core';
import { IconAlertCircle, IconDeviceDesktop, IconDeviceMobile, IconMoon, IconSun } from '@tabler/icons-react';
import { useState } from 'react';
import { MessageFrame } from '@/components/composer-message-frame';
import type { CampaignId, ListId } from '@/lib/ids';
import classes from './composer.module.css';
import { ReaderSelect } from './reader-select';
import type { Preview } from './use-preview';

type Props = { id: CampaignId; listIds: ListId[]; preview: Preview };

const icon = { size: 16, stroke: 1.7 };
const widths = [
  { value: 'desktop', label: <IconDeviceDesktop {...icon} aria-label="Desktop width" role="img" /> },
  { value: 'phone', label: <IconDeviceMobile {...icon} aria-label="Phone width" role="img" /> },
];
const schemes = [
  { value: 'light', label: <IconSun {...icon} aria-label="Light" role="img" /> },
  { value: 'dark', label: <IconMoon {...icon} aria-label="Dark" role="img" /> },
];
const parts = [
  { value: 'html', label: 'HTML' },
  { value: 'text', label: 'Text' },
];

/** The message as somebody on the chosen lists will find it. */
export function PreviewPane({ id, listIds, preview }: Props) {
  const [part, setPart] = useState('html');
  const [width, setWidth] = useState('desktop');
  const [scheme, setScheme] = useState('light');
  const { message, problem } = preview;
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
      {problem && (
        <Alert
          color="red"
          variant="light"
          mb="sm"
          icon={<IconAlertCircle size={18} aria-hidden />}
          role="alert"
        >
          {problem.message}
          {message && ' Below is the message before that.'}
        </Alert>
      )}
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
            className={classes.frame}
          />
        ) : (
          // biome-ignore lint/a11y/noNoninteractiveTabindex: it scrolls, so the keyboard must reach it
          <pre className={classes.text} tabIndex={0}>
            {message?.text}
          </pre>
        )}
      </div>
      {message && message.bytes > 102_000 && (
        <Text fz="xs" c="orange.8" mt={6}>
          {Math.round(message.bytes / 1000)} kB: Gmail cuts messages over 102 kB and hides the end.
        </Text>
      )}
    </>
  );
}
