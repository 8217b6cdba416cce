'use client';

import { usePathname } from 'next/navigation';
import { Link } from './link';
import classes from './sender-settings-nav.module.css';

const places = [
  { href: '/settings', label: 'Workspace' },
  { href: '/settings/senders', label: 'Senders' },
  { href: '/settings/members', label: 'Members' },
];

/** The parts of the settings, as tabs that are links. */
export function SettingsNav() {
  const path = usePathname();
  const here = places.findLast(({ href }) => path === href || path.startsWith(`${href}/`))?.href;
  return (
    <nav className={classes.nav} aria-label="Settings">
      {places.map(({ href, label }) => (
        <Link
          key={href}
          href={href}
          className={classes.link}
          aria-current={href === here ? 'page' : undefined}
        >
          {label}
        </Link>
      ))}
    </nav>
  );
}
