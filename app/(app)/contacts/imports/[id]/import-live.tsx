'use client';

import { Button } from '@mantine/core';
import { IconDownload, IconUsers } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useEffect, useRef } from 'react';
import { isOver, type LiveImport } from '@/components/import-live';
import { ImportProgress } from '@/components/import-progress';
import { Link } from '@/components/link';
import { PageHeader } from '@/components/page-header';
import { ProblemAlert } from '@/components/problem-alert';
import { useAction } from '@/components/use-action';
import { useEvents } from '@/components/use-events';
import { cancelImportAction } from '../../import/actions';

type Props = {
  id: string;
  fileName: string;
  list: { id: string; name: string } | null;
  initial: LiveImport;
  canCancel: boolean;
};

/** An import, moving by itself while it runs. */
export function ImportLive({ id, fileName, list, initial, canCancel }: Props) {
  const live = useEvents<LiveImport>(isOver(initial) ? null : `/contacts/imports/${id}/events`, initial);
  const cancel = useAction(cancelImportAction);
  const over = isOver(live);
  useRefreshWhen(over);
  const here = `/contacts/imports/${id}`;
  const contacts = list ? `/lists/${list.id}` : '/contacts';
  return (
    <>
      <PageHeader
        back={
          canCancel
            ? { href: '/contacts/import', label: 'Import contacts' }
            : { href: '/contacts', label: 'Contacts' }
        }
        title={fileName}
        description={list ? `Onto the list “${list.name}”` : undefined}
        actions={
          over ? (
            <>
              {live.duplicates + live.invalid > 0 && (
                <Button
                  component="a"
                  href={`${here}/rejected.csv`}
                  variant="default"
                  leftSection={<IconDownload size={16} aria-hidden />}
                >
                  Rejected rows
                </Button>
              )}
              <Button component={Link} href={contacts} leftSection={<IconUsers size={16} aria-hidden />}>
                {list ? 'Open the list' : 'Open contacts'}
              </Button>
            </>
          ) : (
            canCancel && (
              <Button variant="default" loading={cancel.pending} onClick={() => cancel.run({ id })}>
                Cancel import
              </Button>
            )
          )
        }
      />
      <ProblemAlert problem={over ? undefined : cancel.problem} />
      <ImportProgress
        live={live}
        links={{
          contacts,
          duplicates: `${here}?show=duplicate#rejected`,
          invalid: `${here}?show=invalid#rejected`,
        }}
      />
    </>
  );
}

/** The rows below are read anew once, when the import has ended. */
function useRefreshWhen(over: boolean) {
  const router = useRouter();
  const seen = useRef(over);
  useEffect(() => {
    if (seen.current === over) return;
    seen.current = over;
    router.refresh();
  }, [over, router]);
}
