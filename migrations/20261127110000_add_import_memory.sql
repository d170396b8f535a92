-- Why: a file is checked, then loaded from where it is kept; a run goes on after its process has died, can be paused and
-- stopped, and for thirty days be undone.

ALTER TABLE imports
    DROP CONSTRAINT imports_state_check,
    ADD CONSTRAINT imports_state_check CHECK (state IN ('running', 'paused', 'stopped', 'done', 'failed')),
    -- What a person has asked of the run; it is heeded between two chunks.
    ADD COLUMN wish text NOT NULL DEFAULT '' CONSTRAINT imports_wish_check CHECK (wish IN ('', 'pause', 'stop')),
    -- What whoever started it chose, for the process that goes on with it.
    ADD COLUMN options jsonb NOT NULL DEFAULT '{}',
    -- Where the file lies, and until when; empty: it is gone.
    ADD COLUMN file_key text NOT NULL DEFAULT '',
    ADD COLUMN file_until timestamptz,
    -- The check that it was started from.
    ADD COLUMN preview_id uuid CONSTRAINT imports_preview_id_fkey REFERENCES imports (id) ON DELETE SET NULL,
    -- Rows that came out otherwise than the check said; NULL: not compared.
    ADD COLUMN differing integer,
    -- How often it was taken up since its last chunk.
    ADD COLUMN stalls integer NOT NULL DEFAULT 0,
    -- Entries of dictionaries that it made.
    ADD COLUMN made_statuses bigint[] NOT NULL DEFAULT '{}',
    ADD COLUMN made_spheres bigint[] NOT NULL DEFAULT '{}',
    -- Undoing: first a check that changes nothing, then the act.
    ADD COLUMN undo_state text NOT NULL DEFAULT '' CONSTRAINT imports_undo_state_check
               CHECK (undo_state IN ('', 'checking', 'checked', 'running', 'done', 'failed')),
    ADD COLUMN undo_by bigint CONSTRAINT imports_undo_by_fkey REFERENCES users (id),
    ADD COLUMN undo_began_at timestamptz,
    ADD COLUMN undo_ended_at timestamptz,
    -- The last record that was dealt with, and how many.
    ADD COLUMN undo_entity text NOT NULL DEFAULT '',
    ADD COLUMN undo_after uuid,
    ADD COLUMN undo_judged integer NOT NULL DEFAULT 0,
    -- Former values are kept until then; NULL: they are not kept.
    ADD COLUMN undo_until timestamptz;
CREATE INDEX imports_preview_id_idx ON imports (preview_id);
CREATE INDEX imports_undo_by_idx ON imports (undo_by);
CREATE INDEX imports_at_work_idx ON imports (id) WHERE state = 'running' OR undo_state IN ('checking', 'running');

-- Records that a run made or touched. No foreign keys to them: they may be deleted meanwhile.
CREATE TABLE import_records (
    import_id      uuid NOT NULL CONSTRAINT import_records_import_id_fkey REFERENCES imports (id) ON DELETE CASCADE,
    entity         text NOT NULL CONSTRAINT import_records_entity_check CHECK (entity IN ('company', 'contact')),
    record_id      uuid NOT NULL,
    -- The row of the file that first touched it.
    line           integer NOT NULL,
    is_created     boolean NOT NULL,
    -- As the run left them: what differs now was changed since.
    version        integer NOT NULL,
    updated_after  timestamptz NOT NULL,
    -- As they were before; NULL: it was not there.
    updated_before timestamptz,
    -- Whether an import had written into it before.
    had_marks      boolean NOT NULL DEFAULT false,
    -- Notes that the run added.
    notes          bigint[] NOT NULL DEFAULT '{}',
    CONSTRAINT import_records_pkey PRIMARY KEY (import_id, entity, record_id)
);
CREATE INDEX import_records_record_id_idx ON import_records (record_id);

-- Fields that a run changed in records that were there before. A check writes the same lines. Phones and e-mails are one
-- line each: [{"raw": …, "kind": …, "marked": …}, …].
CREATE TABLE import_changes (
    import_id uuid NOT NULL CONSTRAINT import_changes_import_id_fkey REFERENCES imports (id) ON DELETE CASCADE,
    ordinal   integer NOT NULL,
    line      integer NOT NULL,
    entity    text NOT NULL CONSTRAINT import_changes_entity_check CHECK (entity IN ('company', 'contact')),
    record_id uuid NOT NULL,
    field     text NOT NULL,
    -- As stored; keys of other tables are digits.
    old       text NOT NULL DEFAULT '',
    new       text NOT NULL DEFAULT '',
    -- As people read them, when that is something else.
    old_text  text,
    new_text  text,
    -- What an import had written there before; NULL: none had.
    old_mark  text,
    CONSTRAINT import_changes_pkey PRIMARY KEY (import_id, ordinal)
);
CREATE INDEX import_changes_record_id_idx ON import_changes (record_id);

-- What undoing does, or would do, with each record.
CREATE TABLE import_undo_rows (
    import_id uuid NOT NULL CONSTRAINT import_undo_rows_import_id_fkey REFERENCES imports (id) ON DELETE CASCADE,
    ordinal   integer NOT NULL,
    entity    text NOT NULL CONSTRAINT import_undo_rows_entity_check CHECK (entity IN ('company', 'contact', 'name')),
    record_id uuid,
    title     text NOT NULL,
    verdict   text NOT NULL CONSTRAINT import_undo_rows_verdict_check
              CHECK (verdict IN ('removed', 'restored', 'partly', 'left')),
    message   text NOT NULL DEFAULT '',
    CONSTRAINT import_undo_rows_pkey PRIMARY KEY (import_id, ordinal)
);
CREATE INDEX import_undo_rows_verdict_idx ON import_undo_rows (import_id, verdict, ordinal);
CREATE INDEX import_undo_rows_record_id_idx ON import_undo_rows (record_id) WHERE record_id IS NOT NULL;
