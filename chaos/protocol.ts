import { z } from 'zod';
import { dropPoints } from './plan';

/** What the receiving server is told. */
export const Order = z.union([
  /** To keep its answers back, or to give them. */
  z.object({ hold: z.boolean() }),
  /** To drop so many connections, each when it next comes to that point. */
  z.object({ drop: z.enum(dropPoints), connections: z.int() }),
]);
export type Order = z.infer<typeof Order>;

/** What the receiving server says of itself. */
export const Status = z.object({
  port: z.int(),
  arrived: z.int(),
  /** Messages that are kept and wait for their answer. */
  held: z.int(),
  /** Transactions that the sending end cut, from MAIL to the answer being read. */
  cut: z.int(),
});
export type Status = z.infer<typeof Status>;
