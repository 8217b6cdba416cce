import classes from './phone-preview.module.css';

const address = /(https?:\/\/\S+)/;

type Props = {
  from: string;
  text: string;
  /** Its links can be followed. */
  opens?: boolean;
};

/** A text message on the phone on which it arrives. */
export function PhonePreview({ from, text, opens = false }: Props) {
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
            <Words text={text} opens={opens} />
          </p>
        )}
      </div>
    </div>
  );
}

/** With its links as a phone shows them. */
function Words({ text, opens }: { text: string; opens: boolean }) {
  const [before = '', link, ...rest] = text.split(address);
  if (link === undefined) return before;
  return (
    <>
      {before}
      {opens ? (
        <a href={link} target="_blank" rel="noreferrer" className={classes.link}>
          {link}
        </a>
      ) : (
        <u>{link}</u>
      )}
      <Words text={rest.join('')} opens={opens} />
    </>
  );
}
