-- Why: work that must be done once, whichever process does it, and done after all when that process dies in the middle.

-- What is to be done. A row is leased by a process, which renews the lease; whoever finds it run out takes it back.
CREATE TABLE jobs (
    id           uuid NOT NULL CONSTRAINT jobs_pkey PRIMARY KEY,
    queue        text NOT NULL,
    kind         text NOT NULL,
    payload      jsonb NOT NULL,
    state        text NOT NULL DEFAULT 'ready'
                 CONSTRAINT jobs_state_check CHECK (state IN ('ready', 'running', 'done', 'dead')),
    run_at       timestamptz NOT NULL,
    attempts     integer NOT NULL DEFAULT 0,
    max_attempts integer NOT NULL CONSTRAINT jobs_max_attempts_check CHECK (max_attempts > 0),
    -- The same wish waits once. NULL: each is its own.
    unique_key   text,
    locked_by    text,
    locked_until timestamptz,
    last_error   text NOT NULL DEFAULT '',
    created_at   timestamptz NOT NULL,
    -- Of what is done or given up.
    finished_at  timestamptz
) WITH (fillfactor = 70);
CREATE UNIQUE INDEX jobs_unique_idx ON jobs (kind, unique_key) WHERE finished_at IS NULL AND unique_key IS NOT NULL;
CREATE INDEX jobs_ready_idx ON jobs (queue, run_at, id) WHERE state = 'ready';
CREATE INDEX jobs_running_idx ON jobs (locked_until) WHERE state = 'running';
CREATE INDEX jobs_finished_idx ON jobs (finished_at) WHERE finished_at IS NOT NULL;

-- Periodic work that all processes share: one row for each time it is due, taken by one of them.
CREATE TABLE job_slots (
    name         text NOT NULL,
    -- When it was due.
    slot         timestamptz NOT NULL,
    locked_by    text NOT NULL,
    locked_until timestamptz NOT NULL,
    finished_at  timestamptz,
    CONSTRAINT job_slots_pkey PRIMARY KEY (name, slot)
);
CREATE INDEX job_slots_open_idx ON job_slots (name, locked_until) WHERE finished_at IS NULL;
CREATE INDEX job_slots_finished_idx ON job_slots (finished_at) WHERE finished_at IS NOT NULL;

-- How each of these works goes, whichever process does it.
CREATE TABLE schedule (
    name         text NOT NULL CONSTRAINT schedule_pkey PRIMARY KEY,
    runs         bigint NOT NULL DEFAULT 0,
    failures     bigint NOT NULL DEFAULT 0,
    started_at   timestamptz NOT NULL,
    took_ms      bigint NOT NULL,
    succeeded_at timestamptz,
    failed_at    timestamptz,
    last_error   text NOT NULL DEFAULT '',
    -- Which process did it last.
    runner       text NOT NULL
);
