import { Box, Center } from '@mantine/core';
import type { ReactNode } from 'react';
import { Logo } from '@/components/logo';

export default function SignedOutLayout({ children }: { children: ReactNode }) {
  return (
    <Box component="main" mih="100dvh" px="md" py={{ base: 40, sm: 72 }}>
      <Center mb={36}>
        <Logo size={32} />
      </Center>
      {children}
    </Box>
  );
}
