/**
 * The flags of Node.js for a process of the product. The worker makes much that lives for a moment only: a small young
 * generation and an early look through the old one keep that out of the resident memory, at hardly any cost. Neither is
 * a limit, at which a large message or a wide row would end the process.
 */
export const nodeFlags = (name: string): string[] => [
  '--enable-source-maps',
  ...(name === 'worker' ? ['--max-semi-space-size=8', '--heap-growing-percent=40'] : []),
];
