-- Why: phones that do not listen are woken by Google's service, when that is set up: each call once, whichever process
-- comes first.

ALTER TABLE call_requests ADD COLUMN pushed_at timestamptz;

-- How waking goes, as administrators read it: one row.
CREATE TABLE push_state (
    id          boolean CONSTRAINT push_state_pkey PRIMARY KEY DEFAULT true CONSTRAINT push_state_id_check CHECK (id),
    -- When the service last took a message.
    sent_at     timestamptz,
    -- What last went wrong, in words; empty: nothing yet.
    error       text NOT NULL DEFAULT '' CONSTRAINT push_state_error_check CHECK (char_length(error) <= 500),
    error_at    timestamptz
);
INSERT INTO push_state DEFAULT VALUES;
