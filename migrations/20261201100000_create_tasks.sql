-- Why: what is to be done, by whom and until when. A repeated task is a series that brings its occurrences forth one by
-- one; each occurrence is one row of tasks and exists once, however many processes run.

CREATE TABLE task_series (
    id             uuid CONSTRAINT task_series_pkey PRIMARY KEY,
    -- RRULE of RFC 5545 without DTSTART.
    rule           text NOT NULL CONSTRAINT task_series_rule_check CHECK (char_length(rule) BETWEEN 1 AND 500),
    -- The first occurrence, on the wall clock of the zone: «every day at ten» stays ten when clocks are changed.
    starts_at      timestamp NOT NULL,
    zone           text NOT NULL,
    is_all_day     boolean NOT NULL DEFAULT false,
    -- An occurrence on a Saturday or Sunday is due on the Monday after it.
    skips_weekends boolean NOT NULL DEFAULT false,
    -- What occurrences to come are made of.
    title          text NOT NULL CONSTRAINT task_series_title_check CHECK (char_length(title) BETWEEN 1 AND 255),
    description    text NOT NULL DEFAULT '' CONSTRAINT task_series_description_check CHECK (char_length(description) <= 10000),
    is_urgent      boolean NOT NULL DEFAULT false,
    company_id     uuid CONSTRAINT task_series_company_id_fkey REFERENCES companies (id),
    type_id        bigint CONSTRAINT task_series_type_id_fkey REFERENCES task_types (id),
    author_id      bigint CONSTRAINT task_series_author_id_fkey REFERENCES users (id),
    assignee_id    bigint NOT NULL CONSTRAINT task_series_assignee_id_fkey REFERENCES users (id),
    -- The latest occurrence that has been brought forth or left out.
    reached        timestamp NOT NULL,
    -- When the next one is to appear by itself; NULL: there is none.
    next_at        timestamptz,
    created_at     timestamptz NOT NULL DEFAULT now(),
    version        integer NOT NULL DEFAULT 1
);
CREATE INDEX task_series_company_id_idx ON task_series (company_id) WHERE company_id IS NOT NULL;
CREATE INDEX task_series_type_id_idx ON task_series (type_id) WHERE type_id IS NOT NULL;
CREATE INDEX task_series_author_id_idx ON task_series (author_id);
CREATE INDEX task_series_assignee_id_idx ON task_series (assignee_id);
CREATE INDEX task_series_next_at_idx ON task_series (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE tasks (
    id              uuid CONSTRAINT tasks_pkey PRIMARY KEY,
    title           text NOT NULL CONSTRAINT tasks_title_check CHECK (char_length(title) BETWEEN 1 AND 255),
    description     text NOT NULL DEFAULT '' CONSTRAINT tasks_description_check CHECK (char_length(description) <= 10000),
    status          text NOT NULL DEFAULT 'new' CONSTRAINT tasks_status_check
                    CHECK (status IN ('new', 'in_progress', 'done', 'cancelled')),
    is_urgent       boolean NOT NULL DEFAULT false,
    company_id      uuid CONSTRAINT tasks_company_id_fkey REFERENCES companies (id),
    type_id         bigint CONSTRAINT tasks_type_id_fkey REFERENCES task_types (id),
    author_id       bigint CONSTRAINT tasks_author_id_fkey REFERENCES users (id),
    assignee_id     bigint NOT NULL CONSTRAINT tasks_assignee_id_fkey REFERENCES users (id),
    -- A task for a whole day is due at 23:59 of that day where its assignee is.
    due_at          timestamptz,
    is_all_day      boolean NOT NULL DEFAULT false,
    -- What lists are ordered by: tasks without a date come last.
    due_key         timestamptz NOT NULL GENERATED ALWAYS AS (COALESCE(due_at, 'infinity')) STORED,
    closed_at       timestamptz,
    closed_by       bigint CONSTRAINT tasks_closed_by_fkey REFERENCES users (id),
    -- What came of it.
    result          text NOT NULL DEFAULT '' CONSTRAINT tasks_result_check CHECK (char_length(result) <= 2000),
    -- A task outlives its series, which goes with its company.
    series_id       uuid CONSTRAINT tasks_series_id_fkey REFERENCES task_series (id) ON DELETE SET NULL,
    -- Which one of the series, on its wall clock and as its rule says it, wherever it has been moved to.
    occurrence      timestamp,
    external_source text NOT NULL DEFAULT '',
    external_uid    text NOT NULL DEFAULT '',
    search          tsvector NOT NULL GENERATED ALWAYS AS (note_search(title)) STORED,
    created_at      timestamptz NOT NULL DEFAULT now(),
    updated_at      timestamptz NOT NULL DEFAULT now(),
    version         integer NOT NULL DEFAULT 1,
    CONSTRAINT tasks_closed_at_check CHECK ((closed_at IS NOT NULL) = (status IN ('done', 'cancelled'))),
    CONSTRAINT tasks_occurrence_check CHECK (series_id IS NULL OR occurrence IS NOT NULL),
    CONSTRAINT tasks_is_all_day_check CHECK (NOT is_all_day OR due_at IS NOT NULL)
);
CREATE UNIQUE INDEX tasks_occurrence_key ON tasks (series_id, occurrence) WHERE series_id IS NOT NULL;
CREATE INDEX tasks_series_id_idx ON tasks (series_id) WHERE series_id IS NOT NULL;
CREATE UNIQUE INDEX tasks_external_key ON tasks (external_source, external_uid) WHERE external_uid <> '';
CREATE INDEX tasks_company_id_idx ON tasks (company_id, due_key, id) WHERE company_id IS NOT NULL;
CREATE INDEX tasks_type_id_idx ON tasks (type_id, due_key, id) WHERE type_id IS NOT NULL;
CREATE INDEX tasks_author_id_idx ON tasks (author_id, due_key, id);
CREATE INDEX tasks_closed_by_idx ON tasks (closed_by) WHERE closed_by IS NOT NULL;
-- Lists: open ones by their dates, closed ones by when that was; each of one person and of all.
CREATE INDEX tasks_open_idx ON tasks (due_key, id) WHERE status IN ('new', 'in_progress');
CREATE INDEX tasks_due_key_idx ON tasks (due_key, id);
CREATE INDEX tasks_assignee_id_idx ON tasks (assignee_id, due_key, id);
CREATE INDEX tasks_assignee_open_idx ON tasks (assignee_id, due_key, id) WHERE status IN ('new', 'in_progress');
CREATE INDEX tasks_closed_idx ON tasks (closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX tasks_assignee_closed_idx ON tasks (assignee_id, closed_at, id) WHERE closed_at IS NOT NULL;
CREATE INDEX tasks_assignee_new_idx ON tasks (assignee_id, created_at, id) WHERE status = 'new';

CREATE INDEX tasks_search_idx ON tasks USING gin (search) WITH (gin_pending_list_limit = 512);

CREATE TABLE task_comments (
    id         uuid CONSTRAINT task_comments_pkey PRIMARY KEY,
    task_id    uuid NOT NULL CONSTRAINT task_comments_task_id_fkey REFERENCES tasks (id),
    author_id  bigint CONSTRAINT task_comments_author_id_fkey REFERENCES users (id),
    text       text NOT NULL CONSTRAINT task_comments_text_check CHECK (char_length(text) BETWEEN 1 AND 5000),
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX task_comments_task_id_idx ON task_comments (task_id, created_at, id);
CREATE INDEX task_comments_author_id_idx ON task_comments (author_id);
