import { z } from 'zod';
import { cleanText, singleLine } from '../text';
import { NewPassword } from './password';

/** What a person is called. */
export const PersonName = cleanText()
  .overwrite(singleLine)
  .min(1, 'Enter your name.')
  .max(100, 'Use at most 100 characters.');

/** What somebody says of themselves who makes an account. */
export const NewAccount = z.object({
  name: PersonName,
  email: z.email('Enter a full e-mail address, such as ann@example.com.').max(254),
  password: NewPassword,
});
export type NewAccount = z.infer<typeof NewAccount>;
