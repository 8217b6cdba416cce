import postgres from 'postgres';

/** Whether an error is PostgreSQL's refusal of a second row under this unique constraint or index. */
export function violatesUnique(error: unknown, constraint: string): boolean {
  const cause = error instanceof Error && error.cause !== undefined ? error.cause : error;
  return (
    cause instanceof postgres.PostgresError && cause.code === '23505' && cause.constraint_name === constraint
  );
}
