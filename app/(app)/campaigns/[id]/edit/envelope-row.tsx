import type { ReactNode } from 'react';
import classes from './composer.module.css';

type Props = { label: string; htmlFor: string; children: ReactNode; after?: ReactNode };

/** A line of the envelope: what it is, and where it is written. */
export function Row({ label, htmlFor, children, after }: Props) {
  return (
    <div className={classes.row}>
      <label htmlFor={htmlFor} className={classes.label}>
        {label}
      </label>
      <div className={classes.field}>{children}</div>
      {after}
    </div>
  );
}
