import type { z } from 'zod';
import type { Permission } from '../auth/policy';

/** The headings under which routes are described. */
export const tags = ['Lists', 'Contacts', 'Imports', 'Campaigns', 'Suppressions'] as const;

/** What a route takes and answers. The door acts on it, and the description is made from it. */
export type Contract<
  Params extends z.ZodObject = z.ZodObject,
  Query extends z.ZodObject = z.ZodObject,
  Body extends z.ZodType = z.ZodType,
  Answer extends z.ZodType = z.ZodType,
> = {
  tag: (typeof tags)[number];
  /** One line. */
  summary: string;
  /** What one must know besides, in Markdown without links. */
  description?: string;
  permission: Permission;
  params?: Params;
  query?: Query;
  /** JSON. */
  body?: Body;
  /** A streamed body of this type instead. */
  takes?: 'text/csv';
  /** A body that works, for whoever reads the description. */
  example?: z.input<Body>;
  status: 200 | 201 | 202 | 204;
  /** JSON; what is not in it does not go out. */
  answer?: Answer;
  /** A streamed answer of this type instead. */
  gives?: 'text/csv';
  /** When it answers 409. */
  conflict?: string;
};
