/**
 * The flags of Node.js for a process of the product. The worker makes much that lives for a moment only; a small young
 * generation keeps it out of the resident memory, at hardly any cost.
 */
export const nodeFlags = (name: string): string[] => [
  '--enable-source-maps',
  ...(name === 'worker' ? ['--max-semi-space-size=4'] : []),
];
