-- Why: a restored copy must send nothing until somebody says that it is the working one.

CREATE TABLE system_state (
    is_only       boolean NOT NULL DEFAULT true,
    is_passive    boolean NOT NULL DEFAULT false,
    -- The archive it came from, and when.
    restored_from text NOT NULL DEFAULT '',
    restored_at   timestamptz,
    CONSTRAINT system_state_pkey PRIMARY KEY (is_only),
    CONSTRAINT system_state_is_only_check CHECK (is_only)
);
INSERT INTO system_state DEFAULT VALUES;
