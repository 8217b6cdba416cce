/** An expected reason why a start stops. `message` is the one line that a person reads; no stack is shown. */
export class CannotStart extends Error {}

const textOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** The system's code of a failed call (ENOSPC, EACCES …), or an empty string. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : '';
}

/** What is wrong with a directory we have to write to, in one sentence that says what to do. */
export function directoryProblem(directory: string, error: unknown): CannotStart {
  const code = codeOf(error);
  const reason =
    code === 'ENOSPC' || code === 'EDQUOT' || /No space left|quota exceeded/i.test(textOf(error))
      ? 'is full: free some space there'
      : code === 'EROFS' || code === 'ENOENT' || /Read-only file system/i.test(textOf(error)) // making parents hides EROFS
        ? 'cannot be written, its file system is read-only: make it writable'
        : code === 'EACCES' || code === 'EPERM' || /Permission denied/i.test(textOf(error))
          ? 'may not be written by this user: change its owner or rights'
          : code === 'ENOTDIR' || code === 'EEXIST'
            ? 'is not a directory: move the file away'
            : `cannot be used (${textOf(error)}): mend it`;
  return new CannotStart(
    `DATA_DIR ${directory} ${reason}, or set DATA_DIR to another directory, and start again.`,
  );
}
