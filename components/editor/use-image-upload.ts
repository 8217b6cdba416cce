'use client';

import { useCallback, useState } from 'react';
import { uploadImage } from './upload-image';

type Picture = { url: string; name: string };

export type ImageUpload = {
  /** Undefined when it failed; then `problem` says why, until it is dismissed. */
  upload: (file: File) => Promise<Picture | undefined>;
  problem: string | undefined;
  dismiss: () => void;
};

/** Uploads pictures for a message, and keeps what went wrong for showing it. */
export function useImageUpload(): ImageUpload {
  const [problem, setProblem] = useState<string>();
  const upload = useCallback(async (file: File) => {
    const uploaded = await uploadImage(file);
    if (uploaded.ok) return { url: uploaded.value.url, name: file.name.replace(/\.\w+$/, '') };
    setProblem(uploaded.problem.message);
    return undefined;
  }, []);
  const dismiss = useCallback(() => setProblem(undefined), []);
  return { upload, problem, dismiss };
}
