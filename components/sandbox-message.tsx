'use client';

import { ActionIcon, Group, Paper, SegmentedControl, Tooltip } from '@mantine/core';
import { IconDeviceDesktop, IconDeviceMobile } from '@tabler/icons-react';
import { useState } from 'react';
import classes from './sandbox.module.css';

/** No script, form, frame or request but for pictures, styles and fonts; links open in a window of their own. */
const guard = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data: http: https:; style-src 'unsafe-inline'; font-src data: http: https:"><base target="_blank">`;

type View = 'html' | 'text' | 'headers';
type Props = { subject: string; html: string; text: string; headers: [name: string, value: string][] };

/** A message's three faces. Its HTML stands in a frame without any right over this page. */
export function SandboxMessageView({ subject, html, text, headers }: Props) {
  const [view, setView] = useState<View>(html === '' ? 'text' : 'html');
  const [isPhone, setPhone] = useState(false);
  return (
    <Paper withBorder style={{ overflow: 'clip' }}>
      <Group justify="space-between" px="md" py={10}>
        <SegmentedControl
          aria-label="Part of the message"
          value={view}
          onChange={setView}
          data={[
            { value: 'html', label: 'HTML', disabled: html === '' },
            { value: 'text', label: 'Text' },
            { value: 'headers', label: 'Headers' },
          ]}
        />
        {view === 'html' && (
          <Group gap={2} visibleFrom="sm">
            <Width
              label="Desktop width"
              icon={IconDeviceDesktop}
              isOn={!isPhone}
              choose={() => setPhone(false)}
            />
            <Width label="Phone width" icon={IconDeviceMobile} isOn={isPhone} choose={() => setPhone(true)} />
          </Group>
        )}
      </Group>
      {view === 'html' && (
        <div className={classes.stage} data-phone={isPhone || undefined}>
          <iframe
            title={`Message “${subject}”`}
            sandbox="allow-popups allow-popups-to-escape-sandbox"
            referrerPolicy="no-referrer"
            srcDoc={guard + html}
            className={classes.frame}
          />
        </div>
      )}
      {view === 'text' && <pre className={classes.source}>{text || 'This message has no text part.'}</pre>}
      {view === 'headers' && <Headers headers={headers} />}
    </Paper>
  );
}

type WidthProps = { label: string; icon: typeof IconDeviceDesktop; isOn: boolean; choose: () => void };

const Width = ({ label, icon: Icon, isOn, choose }: WidthProps) => (
  <Tooltip label={label}>
    <ActionIcon
      size="lg"
      variant={isOn ? 'light' : 'subtle'}
      color={isOn ? 'post' : 'gray'}
      aria-label={label}
      aria-pressed={isOn}
      onClick={choose}
    >
      <Icon size={19} stroke={1.7} aria-hidden />
    </ActionIcon>
  </Tooltip>
);

const Headers = ({ headers }: Pick<Props, 'headers'>) => (
  <table className={classes.headers}>
    <tbody>
      {headers.map(([name, value]) => (
        <tr key={`${name}: ${value}`}>
          <th scope="row">{name}</th>
          <td>{value}</td>
        </tr>
      ))}
    </tbody>
  </table>
);
