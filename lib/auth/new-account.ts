import { z } from 'zod';
import { PersonName } from './account';
import { NewPassword } from './password';

/** What somebody says of themselves who makes an account. */
export const NewAccount = z.object({
  name: PersonName,
  email: z.email('Enter a full e-mail address, such as ann@example.com.').max(254),
  password: NewPassword,
});
export type NewAccount = z.infer<typeof NewAccount>;
