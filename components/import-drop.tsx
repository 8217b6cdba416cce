'use client';

import { Button, Group, Progress, Stack, Text } from '@mantine/core';
import { Dropzone } from '@mantine/dropzone';
import { IconFileSpreadsheet } from '@tabler/icons-react';
import { useRouter } from 'next/navigation';
import { useRef, useState } from 'react';
import { z } from 'zod';
import type { Problem } from '@/lib/errors';
import { fileSize } from './import-words';
import { ProblemAlert } from './problem-alert';

// Else it tries whether it may make code from text, which the content security policy forbids and reports.
z.config({ jitless: true });

const Answer = z.union([
  z.object({ id: z.string() }),
  z.object({ error: z.object({ message: z.string() }) }),
]);

const lost: Problem = {
  code: 'unavailable',
  message: 'The upload broke off. Check your connection and upload the file again.',
};

function readAnswer(text: string): { id: string } | { problem: Problem } {
  try {
    const answer = Answer.parse(JSON.parse(text));
    return 'id' in answer ? answer : { problem: { code: 'invalid', message: answer.error.message } };
  } catch {
    return { problem: lost };
  }
}

type Upload = { name: string; bytes: number; sent: number };

/** Takes a file by drop or choice and shows its upload; then on to the page where it is looked at. */
export function ImportDrop({ maxBytes }: { maxBytes: number }) {
  const router = useRouter();
  const choose = useRef<() => void>(null);
  const request = useRef<XMLHttpRequest>(null);
  const [upload, setUpload] = useState<Upload>();
  const [problem, setProblem] = useState<Problem>();

  function refuse(message: string) {
    setUpload(undefined);
    setProblem({ code: 'invalid', message });
  }

  function send(file: File) {
    setProblem(undefined);
    if (file.size === 0)
      return refuse('The file is empty. Export your contacts again and choose the new file.');
    if (file.size > maxBytes)
      return refuse('The file is larger than 2 GB. Split it and import the parts one after the other.');
    setUpload({ name: file.name, bytes: file.size, sent: 0 });
    // fetch tells nothing of how far an upload has come.
    const xhr = new XMLHttpRequest();
    request.current = xhr;
    xhr.upload.onprogress = (event) => setUpload({ name: file.name, bytes: file.size, sent: event.loaded });
    xhr.onload = () => {
      const answer = readAnswer(xhr.responseText);
      if ('id' in answer) return router.push(`/contacts/imports/${answer.id}`);
      setUpload(undefined);
      setProblem(answer.problem);
    };
    xhr.onerror = () => {
      setUpload(undefined);
      setProblem(lost);
    };
    xhr.onabort = () => setUpload(undefined);
    xhr.open('POST', `/contacts/import/upload?name=${encodeURIComponent(file.name)}`);
    xhr.setRequestHeader('Content-Type', 'text/csv');
    xhr.send(file);
  }

  return (
    <Stack gap="sm">
      <Dropzone
        openRef={choose}
        onDrop={([file]) => file && send(file)}
        onReject={() => refuse('Drop one file at a time.')}
        multiple={false}
        activateOnClick={false}
        activateOnKeyboard={false}
        disabled={upload !== undefined}
        radius="lg"
        p="xl"
        mih={232}
        styles={{
          inner: { pointerEvents: 'all' },
          root: { display: 'grid', placeItems: 'center', cursor: 'default' },
        }}
        inputProps={{ 'aria-label': 'CSV file' }}
      >
        {upload ? (
          <Uploading upload={upload} onCancel={() => request.current?.abort()} />
        ) : (
          <Stack align="center" gap="xs" ta="center">
            <IconFileSpreadsheet size={32} stroke={1.4} aria-hidden color="var(--mantine-color-dimmed)" />
            <Text fw={550}>Drop a CSV file here</Text>
            <Text c="dimmed" fz="sm" maw={440}>
              From Mailchimp, listmonk or any spreadsheet. Encoding, delimiter and columns are recognised, and
              you can change them before anything is imported.
            </Text>
            <Button mt="sm" onClick={() => choose.current?.()}>
              Choose a file
            </Button>
          </Stack>
        )}
      </Dropzone>
      <ProblemAlert problem={problem} />
    </Stack>
  );
}

function Uploading({ upload, onCancel }: { upload: Upload; onCancel: () => void }) {
  const share = Math.floor((upload.sent / upload.bytes) * 100);
  const sent = upload.sent >= upload.bytes;
  return (
    <Stack gap="sm" w="min(26rem, 100%)">
      <Group justify="space-between" gap="xs" wrap="nowrap">
        <Text fz="sm" fw={550} truncate>
          {upload.name}
        </Text>
        <Text fz="sm" c="dimmed" className="numbers" style={{ whiteSpace: 'nowrap' }}>
          {sent ? 'Reading…' : `${fileSize(upload.sent)} of ${fileSize(upload.bytes)}`}
        </Text>
      </Group>
      <Progress value={share} aria-label="Upload" animated={sent} />
      <Button variant="default" size="xs" onClick={onCancel} mx="auto">
        Cancel
      </Button>
    </Stack>
  );
}
