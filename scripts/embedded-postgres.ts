export async function startPostgres(_directory: string): Promise<{ url: string; stop(): Promise<void> }> {
  return { url: 'postgres://postgres:pw@127.0.0.1:55432/postgres', stop: async () => undefined };
}
