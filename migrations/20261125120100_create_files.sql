-- Why: files of notes. Rows here, bytes in a store that knows no transactions: each key in the store is named by a file
-- that a note holds, or by a disposal that says when its bytes go. So a process may die at any moment.

CREATE TABLE files (
    id           uuid CONSTRAINT files_pkey PRIMARY KEY,
    -- NULL: sent, not yet put to a note; its key has a disposal too.
    note_id      bigint CONSTRAINT files_note_id_fkey REFERENCES notes (id),
    position     integer NOT NULL DEFAULT 0,
    -- Random: says nothing of the name and cannot be guessed.
    key          text NOT NULL CONSTRAINT files_key_key UNIQUE CONSTRAINT files_key_check CHECK (key ~ '^[0-9a-f]{32}$'),
    name         text NOT NULL CONSTRAINT files_name_check CHECK (char_length(name) BETWEEN 1 AND 255),
    size         bigint NOT NULL CONSTRAINT files_size_check CHECK (size > 0),
    -- By the first bytes, never as the browser said.
    content_type text NOT NULL CONSTRAINT files_content_type_check CHECK (char_length(content_type) <= 120),
    sha256       text NOT NULL CONSTRAINT files_sha256_check CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    uploaded_by  bigint CONSTRAINT files_uploaded_by_fkey REFERENCES users (id),
    created_at   timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX files_note_id_idx ON files (note_id, position);
CREATE INDEX files_uploaded_by_idx ON files (uploaded_by);
CREATE INDEX files_lone_idx ON files (uploaded_by) WHERE note_id IS NULL;

CREATE TABLE file_disposals (
    key    text CONSTRAINT file_disposals_pkey PRIMARY KEY,
    due_at timestamptz NOT NULL
);
CREATE INDEX file_disposals_due_at_idx ON file_disposals (due_at);
