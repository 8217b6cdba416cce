'use client';

import {
  ActionIcon,
  AppShell,
  Avatar,
  Box,
  Burger,
  Group,
  Indicator,
  Menu,
  NavLink,
  Text,
  UnstyledButton,
  useMantineColorScheme,
} from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import {
  type Icon,
  IconActivityHeartbeat,
  IconAddressBook,
  IconBell,
  IconCheck,
  IconFlask,
  IconHome,
  IconLogout,
  IconQrcode,
  IconSelector,
  IconSend,
  IconSettings,
  IconUserCircle,
  IconUsersGroup,
} from '@tabler/icons-react';
import Link from 'next/link';
import { usePathname } from 'next/navigation';
import type { ReactNode } from 'react';
import type { Permission } from '@/lib/auth/policy';
import { CommandMenu, type FindCampaigns } from './command-menu';
import { Logo } from './logo';
import classes from './shell.module.css';
import { usePhoneMenu } from './use-phone-menu';
import { LeaveWorkspace, WorkspaceItems, type Workspaces } from './workspace-menu';
import { useWorkspaceStamp } from './workspace-stamp';

type Place = { href: string; label: string; icon: Icon; needs?: Permission };

const allPlaces: Place[] = [
  { href: '/', label: 'Home', icon: IconHome },
  { href: '/campaigns', label: 'Campaigns', icon: IconSend },
  { href: '/contacts', label: 'Contacts', icon: IconAddressBook },
  { href: '/lists', label: 'Lists', icon: IconUsersGroup },
  { href: '/codes', label: 'Codes', icon: IconQrcode },
  { href: '/sandbox', label: 'Sandbox inbox', icon: IconFlask },
  { href: '/system', label: 'System', icon: IconActivityHeartbeat, needs: 'system:read' },
  { href: '/settings', label: 'Settings', icon: IconSettings, needs: 'settings:read' },
];

type Props = {
  workspace: string;
  workspaces: Workspaces;
  /** What the person may do: nothing else is offered. The server decides again. */
  permissions: Permission[];
  /** How many are open. */
  alerts: number;
  findCampaigns: FindCampaigns;
  person: { name: string; email: string };
  signOut: (input: { next?: string }) => Promise<unknown>;
  children: ReactNode;
};

export function Shell({
  workspace,
  workspaces,
  permissions,
  alerts,
  findCampaigns,
  person,
  signOut,
  children,
}: Props) {
  useWorkspaceStamp(workspaces.here);
  const places = allPlaces.filter(({ needs }) => !needs || permissions.includes(needs));
  const path = usePathname();
  const { opened, opener, closer, enter, leave, leaveByKey } = usePhoneMenu(path);
  const isHere = (href: string) =>
    href === '/' ? path === '/' : path === href || path.startsWith(`${href}/`);

  return (
    <AppShell
      layout="alt"
      header={{ height: { base: 56, sm: 0 } }}
      navbar={{ width: 236, breakpoint: 'sm', collapsed: { mobile: !opened } }}
      padding={0}
    >
      <a className="skip-link" href="#main" inert={opened}>
        Skip to content
      </a>
      <AppShell.Header hiddenFrom="sm" px="md" className={classes.bar} inert={opened}>
        <Group h="100%" justify="space-between">
          <Logo />
          <Group gap="sm">
            <AlertBell alerts={alerts} />
            <Burger ref={opener} onClick={enter} size="sm" aria-label="Open menu" aria-expanded={opened} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar
        p="sm"
        className={`${classes.bar} ${classes.menu}`}
        data-closed={!opened || undefined}
        onKeyDown={leaveByKey}
        aria-label="Main"
      >
        <Group justify="space-between" px={6} pt={6} pb="md">
          <Link href="/" className={classes.home} aria-label="Posthaste, home">
            <Logo />
          </Link>
          <Group gap="sm">
            <AlertBell alerts={alerts} />
            <Burger ref={closer} hiddenFrom="sm" opened onClick={leave} size="sm" aria-label="Close menu" />
          </Group>
        </Group>
        <CommandMenu places={places} permissions={permissions} findCampaigns={findCampaigns} />
        <Box flex={1}>
          {places.map(({ href, label, icon: Icon }) => (
            <NavLink
              key={href}
              component={Link}
              href={href}
              label={label}
              active={isHere(href)}
              aria-current={isHere(href) ? 'page' : undefined}
              leftSection={<Icon size={18} stroke={1.6} aria-hidden />}
              className={classes.place}
            />
          ))}
        </Box>
        <PersonMenu {...{ workspace, workspaces, person, signOut }} />
      </AppShell.Navbar>
      <AppShell.Main className={classes.main} inert={opened}>
        <Box component="div" id="main" className={classes.page} tabIndex={-1}>
          {children}
        </Box>
      </AppShell.Main>
    </AppShell>
  );
}

/** Rings while something is not well. */
function AlertBell({ alerts }: { alerts: number }) {
  if (alerts === 0) return null;
  const label = `${alerts} ${alerts === 1 ? 'alert' : 'alerts'}`;
  return (
    <Indicator label={alerts} size={16} color="red.8" offset={4}>
      <ActionIcon
        component={Link}
        href="/system"
        variant="subtle"
        color="gray"
        aria-label={label}
        title={label}
      >
        <IconBell size={19} stroke={1.6} aria-hidden />
      </ActionIcon>
    </Indicator>
  );
}

function PersonMenu({
  workspace,
  workspaces,
  person,
  signOut,
}: Omit<Props, 'children' | 'permissions' | 'alerts' | 'findCampaigns'>) {
  const [leaving, leave] = useDisclosure(false);
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const schemes = [
    { value: 'light', label: 'Light' },
    { value: 'dark', label: 'Dark' },
    { value: 'auto', label: 'As the system' },
  ] as const;
  return (
    <>
      <Menu
        position="top-start"
        width={230}
        shadow="md"
        checkIcon={<IconCheck size={16} aria-hidden />}
        classNames={{ itemIndicator: classes.indicator }}
      >
        <Menu.Target>
          <UnstyledButton className={classes.person} aria-label={`${person.name}, ${workspace}: menu`}>
            <Avatar size={30} radius="xl" name={person.name} color="post" />
            <Box miw={0} flex={1}>
              <Text fz="sm" fw={550} truncate>
                {workspace}
              </Text>
              <Text fz="xs" c="dimmed" truncate>
                {person.email}
              </Text>
            </Box>
            <IconSelector size={16} stroke={1.6} aria-hidden />
          </UnstyledButton>
        </Menu.Target>
        <Menu.Dropdown>
          <WorkspaceItems {...workspaces} onLeave={leave.open} />
          <Menu.Label>Appearance</Menu.Label>
          <Menu.RadioGroup
            value={colorScheme}
            onChange={(chosen) =>
              setColorScheme(schemes.find(({ value }) => value === chosen)?.value ?? 'auto')
            }
          >
            {schemes.map(({ value, label }) => (
              <Menu.RadioItem key={value} value={value}>
                {label}
              </Menu.RadioItem>
            ))}
          </Menu.RadioGroup>
          <Menu.Divider />
          <Menu.Item component={Link} href="/account" leftSection={<IconUserCircle size={16} aria-hidden />}>
            Your account
          </Menu.Item>
          <Menu.Item leftSection={<IconLogout size={16} aria-hidden />} onClick={() => void signOut({})}>
            Sign out
          </Menu.Item>
        </Menu.Dropdown>
      </Menu>
      <LeaveWorkspace name={workspace} leave={workspaces.leave} opened={leaving} close={leave.close} />
    </>
  );
}
