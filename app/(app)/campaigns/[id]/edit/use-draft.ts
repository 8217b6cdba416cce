'use client';

import { useCallback, useEffect, useRef, useState } from 'react';
import { autosaveCopies } from '@/components/autosave-copies';
import { Autosave, type AutosaveDoor, type Kept, type SaveState } from '@/components/composer-autosave';
import type { Result } from '@/lib/errors';
import type { CampaignId } from '@/lib/ids';
import type { Draft, DraftChanges } from './draft-input';
import { post, request } from './request';

/** Browsers take no more than 64 kB with a request that outlives its page. */
const partingBytes = 60_000;

type Copy = { revision: number; changes: DraftChanges };

type Screen = Pick<AutosaveDoor<Draft>, 'onState' | 'onRecall'>;

function makeAutosave(id: CampaignId, revision: number, known: Draft, screen: Screen): Autosave<Draft> {
  const url = `/campaigns/${id}/edit/draft`;
  // Over plain http browsers have no randomUUID.
  const window = `${Date.now()}-${Math.random()}`;
  const copies = autosaveCopies<Copy>(() => localStorage, `posthaste-draft-${id}`, window);
  return new Autosave<Draft>(revision, known, {
    ...screen,
    remember: (copy) => copies.write(copy),
    recall: () => copies.read(),
    setTimer: (run, ms) => {
      const timer = setTimeout(run, ms);
      return () => clearTimeout(timer);
    },
    save(base, changes, leaving) {
      const small = JSON.stringify(changes).length < partingBytes;
      return post(url, { revision: base, changes }, { keepalive: leaving && small });
    },
    async read(): Promise<Result<Kept<Draft>>> {
      const kept = await request<{ revision: number; status: string; draft: Draft }>(url);
      if (!kept.ok) return kept;
      const { draft, status } = kept.value;
      return { ok: true, value: { revision: kept.value.revision, open: status === 'draft', draft } };
    },
  });
}

/** The draft on the screen, saved as it changes. `version` counts up when its body was replaced from outside. */
export function useDraft(id: CampaignId, revision: number, initial: Draft) {
  const [draft, setDraft] = useState(initial);
  const [state, setState] = useState<SaveState>({ kind: 'saved' });
  const [version, setVersion] = useState(0);
  const autosave = useRef<Autosave<Draft>>(undefined);
  autosave.current ??= makeAutosave(id, revision, initial, {
    onState: setState,
    onRecall(changes) {
      setDraft((current) => ({ ...current, ...changes }));
      setVersion((current) => current + 1);
    },
  });

  const change = useCallback((changes: DraftChanges) => {
    setDraft((current) => ({ ...current, ...changes }));
    autosave.current?.change(changes);
  }, []);

  useEffect(() => {
    autosave.current?.recall();
    const leave = () => autosave.current?.leave();
    window.addEventListener('pagehide', leave);
    return () => {
      window.removeEventListener('pagehide', leave);
      leave();
    };
  }, []);

  const flush = useCallback(() => autosave.current?.flush() ?? Promise.resolve(true), []);
  const keepMine = useCallback(() => autosave.current?.keepMine(draft), [draft]);
  const reload = useCallback(() => {
    autosave.current?.discardMine();
    window.location.reload();
  }, []);
  return { draft, change, state, version, flush, keepMine, reload };
}
