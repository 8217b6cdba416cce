import { z } from 'zod';
import { cleanText } from '../text';

/** What somebody says of themselves who makes an account. */
export const NewAccount = z.object({
  name: cleanText().trim().min(1, 'Enter your name.').max(100),
  email: z.email('Enter a full e-mail address, such as ann@example.com.').max(254),
  password: z.string().min(10, 'Use at least 10 characters.').max(1000),
});
export type NewAccount = z.infer<typeof NewAccount>;
