import { z } from 'zod';
import { cleanText } from '../text';

/** A password that somebody chooses. */
export const NewPassword = z.string().min(10, 'Use at least 10 characters.').max(1000);

/** The person who sets the product up. */
export const Owner = z.object({
  name: cleanText().trim().min(1, 'Enter your name.').max(100),
  email: z.email('Enter a full e-mail address, such as ann@example.com.').max(254),
  password: NewPassword,
});
