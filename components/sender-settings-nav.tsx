'use client';

import { usePathname } from 'next/navigation';
import { Link } from './link';
import classes from './sender-settings-nav.module.css';

/** The parts of the settings, as tabs that are links. */
export function SettingsNav({ places }: { places: { href: string; label: string }[] }) {
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
