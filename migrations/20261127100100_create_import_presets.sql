-- Why: a file whose columns nobody knows waits until somebody has said what they mean, and the next file with the same
-- heading is understood at once.

CREATE TABLE import_drafts (
    id          uuid CONSTRAINT import_drafts_pkey PRIMARY KEY,
    created_by  bigint NOT NULL CONSTRAINT import_drafts_created_by_fkey REFERENCES users (id),
    -- Where the file lies, and until when.
    file_key    text NOT NULL,
    due_at      timestamptz NOT NULL,
    file_name   text NOT NULL,
    -- Headings, samples and guesses.
    columns     jsonb NOT NULL,
    -- What else was chosen at the upload.
    options     jsonb NOT NULL,
    -- Of the heading: files with the same one are made alike.
    fingerprint text NOT NULL
);
CREATE INDEX import_drafts_created_by_idx ON import_drafts (created_by);
CREATE INDEX import_drafts_due_at_idx ON import_drafts (due_at);

CREATE TABLE import_presets (
    fingerprint text CONSTRAINT import_presets_pkey PRIMARY KEY,
    -- Of the file that it was made for.
    file_name   text NOT NULL,
    -- What was chosen, the columns among it.
    options     jsonb NOT NULL,
    saved_by    bigint CONSTRAINT import_presets_saved_by_fkey REFERENCES users (id),
    saved_at    timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX import_presets_saved_by_idx ON import_presets (saved_by);
