import { Fragment } from 'react';

/** Longer pieces than this have no place to break of their own, and would push their table off a phone. */
const longest = 24;

const pieces = (text: string) =>
  text
    .split(/(?<=[./?&=@_-])(?![./?&=@_-])/)
    .flatMap((piece) => piece.match(new RegExp(`.{1,${longest}}`, 'gsu')) ?? []);

/** A domain or an address of the web that breaks between its parts, and not within a word; it stands in a `breakable` box. */
export function Breakable({ text }: { text: string }) {
  return pieces(text).map((piece, n) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: the pieces have no other name, and never change places
    <Fragment key={n}>
      {n > 0 && <wbr />}
      {piece}
    </Fragment>
  ));
}
