-- Why: every process must know whether copies are made, which one is the newest and why one failed, and so must the next one.

CREATE TABLE system_copies (
    id          uuid        NOT NULL,
    kind        text        NOT NULL,
    state       text        NOT NULL DEFAULT 'running',
    -- The night that an automatic one stands for.
    slot        timestamptz,
    started_at  timestamptz NOT NULL,
    finished_at timestamptz,
    -- How far it is, and of how much.
    done        bigint      NOT NULL DEFAULT 0,
    total       bigint      NOT NULL DEFAULT 0,
    path        text        NOT NULL DEFAULT '',
    bytes       bigint      NOT NULL DEFAULT 0,
    rows        bigint      NOT NULL DEFAULT 0,
    files       bigint      NOT NULL DEFAULT 0,
    -- Attachments that lie elsewhere and are not inside.
    absent      bigint      NOT NULL DEFAULT 0,
    -- Why it failed; of a good one, what went wrong after it.
    failure     text        NOT NULL DEFAULT '',
    CONSTRAINT system_copies_pkey PRIMARY KEY (id),
    CONSTRAINT system_copies_kind_check CHECK (kind IN ('manual', 'nightly', 'before-upgrade')),
    CONSTRAINT system_copies_state_check CHECK (state IN ('running', 'done', 'failed'))
);
CREATE INDEX system_copies_started ON system_copies (started_at DESC);
-- A night has one copy, however many processes there are.
CREATE UNIQUE INDEX system_copies_slot ON system_copies (slot) WHERE state <> 'failed';
