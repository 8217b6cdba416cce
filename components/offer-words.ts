const days = new Intl.DateTimeFormat('en-GB', { dateStyle: 'long', timeZone: 'UTC' });

/** A day of a calendar, given as 2031-05-31: "31 May 2031". */
export const calendarDay = (date: string): string => days.format(new Date(`${date}T00:00:00Z`));
