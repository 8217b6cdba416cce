import type { ImportStatus } from '@/lib/db/states';

/** An import as its page follows it. */
export type LiveImport = {
  status: ImportStatus;
  /** Another import of the workspace runs first. */
  waiting: boolean;
  bytes: number;
  bytesRead: number;
  rows: number;
  created: number;
  updated: number;
  duplicates: number;
  invalid: number;
  problem: string | null;
  startedAt: string | null;
  finishedAt: string | null;
  /** Since its start, by the server's clock. */
  elapsedSeconds: number;
};

export const isOver = (live: LiveImport): boolean => live.status !== 'running';
