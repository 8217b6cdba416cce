import classes from './phone-preview.module.css';

const address = /(https?:\/\/\S+)/;

/** A text message on the phone on which it arrives. */
export function PhonePreview({ from, text }: { from: string; text: string }) {
  return (
    <div className={classes.phone}>
      <div className={classes.from}>
        <span className={classes.face} aria-hidden>
          {Array.from(from.trim())[0]?.toUpperCase() ?? '?'}
        </span>
        {from}
      </div>
      <div className={classes.thread}>
        {text === '' ? null : (
          <p className={classes.bubble}>
            <Words text={text} />
          </p>
        )}
      </div>
    </div>
  );
}

/** With its links as a phone shows them. */
function Words({ text }: { text: string }) {
  const [before = '', link, ...rest] = text.split(address);
  if (link === undefined) return before;
  return (
    <>
      {before}
      <u>{link}</u>
      <Words text={rest.join('')} />
    </>
  );
}
