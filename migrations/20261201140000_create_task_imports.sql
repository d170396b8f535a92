-- Why: a calendar file of amoCRM is looked at before its tasks are brought in, and its result after that.

CREATE TABLE task_imports (
    id         uuid CONSTRAINT task_imports_pkey PRIMARY KEY,
    created_by bigint CONSTRAINT task_imports_created_by_fkey REFERENCES users (id),
    file_name  text NOT NULL CONSTRAINT task_imports_file_name_check CHECK (char_length(file_name) <= 255),
    options    jsonb NOT NULL,
    -- What the file says; NULL once it has been brought in.
    events     jsonb,
    -- How it went.
    report     jsonb,
    created_at timestamptz NOT NULL,
    done_at    timestamptz,
    CONSTRAINT task_imports_done_at_check
        CHECK ((done_at IS NULL) = (report IS NULL) AND (done_at IS NULL) = (events IS NOT NULL))
);
CREATE INDEX task_imports_created_by_idx ON task_imports (created_by);
