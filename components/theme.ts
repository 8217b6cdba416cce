'use client';

import {
  ActionIcon,
  Button,
  Card,
  createTheme,
  type MantineColorsTuple,
  Modal,
  Notification,
  Paper,
  Table,
} from '@mantine/core';

/** The one accent: a deep postal violet-blue that passes AA on white (6) and on the dark ground (4). */
const post: MantineColorsTuple = [
  '#eef0ff',
  '#dcdffc',
  '#b7bcf3',
  '#8f97eb',
  '#6e78e4',
  '#5964e0',
  '#4652d3',
  '#3d48c0',
  '#353fac',
  '#2a3497',
];

/** A cool dark, from text (0) to ground (9). */
const dark: MantineColorsTuple = [
  '#e6e7eb',
  '#b8bcc6',
  '#a1a6b3',
  '#767d8e',
  '#383b44',
  '#2b2d34',
  '#1b1d22',
  '#17181c',
  '#131417',
  '#101114',
];

export const theme = createTheme({
  primaryColor: 'post',
  primaryShade: { light: 6, dark: 5 },
  colors: { post, dark },
  fontFamily: 'Inter Variable, Inter, system-ui, sans-serif',
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: {
    fontFamily: 'Inter Variable, Inter, system-ui, sans-serif',
    fontWeight: '620',
    sizes: {
      h1: { fontSize: '1.5rem', lineHeight: '1.25' },
      h2: { fontSize: '1.125rem', lineHeight: '1.35' },
      h3: { fontSize: '0.975rem', lineHeight: '1.4' },
    },
  },
  defaultRadius: 'md',
  radius: { md: '8px', lg: '12px' },
  cursorType: 'pointer',
  respectReducedMotion: true,
  focusRing: 'auto',
  components: {
    Button: Button.extend({ defaultProps: { size: 'sm' }, styles: { label: { fontWeight: 550 } } }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: 'subtle', color: 'gray' } }),
    Card: Card.extend({ defaultProps: { withBorder: true, padding: 'lg', radius: 'lg' } }),
    Paper: Paper.extend({ defaultProps: { radius: 'lg' } }),
    Modal: Modal.extend({
      defaultProps: { centered: true, radius: 'lg', closeButtonProps: { 'aria-label': 'Close' } },
      styles: { title: { fontWeight: 600, overflowWrap: 'anywhere' } },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': 'Close' } } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'sm', horizontalSpacing: 'md' } }),
  },
});
