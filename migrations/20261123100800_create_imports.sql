-- Why: every run of an import, and what became of each of its rows.

CREATE TABLE imports (
    id          uuid CONSTRAINT imports_pkey PRIMARY KEY,
    -- NULL: started from a shell.
    started_by  bigint CONSTRAINT imports_started_by_fkey REFERENCES users (id),
    file_name   text NOT NULL,
    file_sha256 text NOT NULL,
    state       text NOT NULL DEFAULT 'running' CONSTRAINT imports_state_check
                CHECK (state IN ('running', 'done', 'failed')),
    is_dry_run  boolean NOT NULL,
    rows_total  integer NOT NULL DEFAULT 0,
    created     integer NOT NULL DEFAULT 0,
    updated     integer NOT NULL DEFAULT 0,
    unchanged   integer NOT NULL DEFAULT 0,
    skipped     integer NOT NULL DEFAULT 0,
    refused     integer NOT NULL DEFAULT 0,
    failure     text NOT NULL DEFAULT '',
    started_at  timestamptz NOT NULL DEFAULT now(),
    finished_at timestamptz
);
CREATE INDEX imports_started_by_idx ON imports (started_by);
CREATE INDEX imports_started_at_idx ON imports (started_at DESC, id DESC);

-- One line of the report. `line` is the number of the row in the file, the heading being row 1.
CREATE TABLE import_rows (
    import_id uuid NOT NULL CONSTRAINT import_rows_import_id_fkey REFERENCES imports (id) ON DELETE CASCADE,
    ordinal   integer NOT NULL,
    line      integer NOT NULL,
    verdict   text NOT NULL CONSTRAINT import_rows_verdict_check
              CHECK (verdict IN ('created', 'updated', 'unchanged', 'skipped', 'refused')),
    entity    text NOT NULL DEFAULT '',
    entity_id uuid,
    key       text NOT NULL DEFAULT '',
    field     text NOT NULL DEFAULT '',
    message   text NOT NULL DEFAULT '',
    CONSTRAINT import_rows_pkey PRIMARY KEY (import_id, ordinal)
);
CREATE INDEX import_rows_verdict_idx ON import_rows (import_id, verdict, ordinal);
