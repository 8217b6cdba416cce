import { Fragment } from 'react';

/** Pieces no longer than this stay whole: they fit beside two numbers on a phone. */
const longest = 20;

/** After each part of a path but the scheme; within longer ones before dots and after hyphens; within still longer ones anywhere. */
export const piecesOf = (text: string): string[] =>
  text
    .split(/(?<=[/?&=@])(?<!:\/\/)(?![/?&=@])/)
    .flatMap((part) => (part.length > longest ? part.split(/(?=\.)|(?<=[_-])/) : part))
    .flatMap((part) => part.match(new RegExp(`.{1,${longest}}`, 'gsu')) ?? []);

/** A domain or an address of the web, which breaks between its parts and not within a word. */
export function Breakable({ text }: { text: string }) {
  return (
    <span style={{ overflowWrap: 'break-word' }}>
      {piecesOf(text).map((piece, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the pieces have no other name, and never change places
        <Fragment key={n}>
          {n > 0 && <wbr />}
          {piece}
        </Fragment>
      ))}
    </span>
  );
}
