-- Why: a click asks one phone to call one number, and what came of it is counted. Times are those of the database.
--
-- A call outlives its card, as the log of changes does: company_id and contact_id are no references. A card that comes back
-- from the trash finds its calls again; erasing one empties the number and the words.

CREATE TABLE call_requests (
    id                uuid CONSTRAINT call_requests_pkey PRIMARY KEY,
    -- Whose phone.
    user_id           bigint NOT NULL CONSTRAINT call_requests_user_id_fkey REFERENCES users (id),
    created_by        bigint NOT NULL CONSTRAINT call_requests_created_by_fkey REFERENCES users (id),
    company_id        uuid,
    contact_id        uuid,
    -- E.164, nothing else: no codes that phones obey. Empty: erased.
    phone             text NOT NULL CONSTRAINT call_requests_phone_check CHECK (phone ~ '^(\+[0-9]{7,15})?$'),
    extension         text NOT NULL DEFAULT '' CONSTRAINT call_requests_extension_check CHECK (extension ~ '^[0-9]{0,10}$'),
    note              text NOT NULL DEFAULT '' CONSTRAINT call_requests_note_check CHECK (char_length(note) <= 255),
    -- Marked as a cold call by the one who made it.
    is_cold           boolean NOT NULL DEFAULT false,
    state             text NOT NULL DEFAULT 'pending' CONSTRAINT call_requests_state_check
                      CHECK (state IN ('pending', 'delivered', 'acked', 'dialing', 'ended', 'expired', 'superseded', 'cancelled')),
    -- The one phone that was told.
    device_id         uuid CONSTRAINT call_requests_device_id_fkey REFERENCES phone_devices (id) ON DELETE SET NULL,
    -- The same press of a button.
    click_key         uuid NOT NULL,
    created_at        timestamptz NOT NULL DEFAULT now(),
    expires_at        timestamptz NOT NULL,
    delivered_at      timestamptz,
    acked_at          timestamptz,
    dialing_at        timestamptz,
    talking_at        timestamptz,
    -- When it came to its end, be it a talk or none.
    closed_at         timestamptz,
    -- The phone's word on it.
    result            text CONSTRAINT call_requests_result_check
                      CHECK (result IN ('connected', 'no_answer', 'busy', 'rejected', 'missed', 'no_action', 'unknown')),
    report_seq        bigint NOT NULL DEFAULT 0,
    started_at        timestamptz,
    finished_at       timestamptz,
    duration_seconds  integer CONSTRAINT call_requests_duration_check CHECK (duration_seconds >= 0),
    direction         text NOT NULL DEFAULT '',
    resolve_method    text NOT NULL DEFAULT '',
    action_source     text NOT NULL DEFAULT '',
    attempts          integer,
    -- The person's word on it, which counts before the phone's.
    outcome           text CONSTRAINT call_requests_outcome_check
                      CHECK (outcome IN ('talked', 'no_answer', 'busy', 'call_later', 'wrong_number', 'refused')),
    outcome_at        timestamptz,
    -- Somebody answered: by the person's word, else by the phone's.
    is_talk           boolean NOT NULL GENERATED ALWAYS AS
                      (COALESCE(outcome IN ('talked', 'call_later', 'refused'), result = 'connected', false)) STORED,
    -- Its person has seen the end of it.
    is_put_away       boolean NOT NULL DEFAULT false,
    CONSTRAINT call_requests_click_key UNIQUE (user_id, click_key),
    CONSTRAINT call_requests_delivered_check CHECK (state NOT IN ('delivered', 'acked', 'dialing') OR delivered_at IS NOT NULL),
    CONSTRAINT call_requests_closed_check
        CHECK ((closed_at IS NOT NULL) = (state IN ('ended', 'expired', 'superseded', 'cancelled')))
);
-- One call at a time waits for a person's phone.
CREATE UNIQUE INDEX call_requests_live_key ON call_requests (user_id) WHERE state IN ('pending', 'delivered');
CREATE INDEX call_requests_expires_at_idx ON call_requests (expires_at) WHERE state IN ('pending', 'delivered');
CREATE INDEX call_requests_open_idx ON call_requests (created_at) WHERE state IN ('acked', 'dialing');
CREATE INDEX call_requests_user_id_idx ON call_requests (user_id, created_at, id);
CREATE INDEX call_requests_created_by_idx ON call_requests (created_by, created_at, id);
CREATE INDEX call_requests_created_at_idx ON call_requests (created_at, id);
CREATE INDEX call_requests_company_id_idx ON call_requests (company_id, created_at, id) WHERE company_id IS NOT NULL;
CREATE INDEX call_requests_contact_id_idx ON call_requests (contact_id, created_at) WHERE contact_id IS NOT NULL;
CREATE INDEX call_requests_device_id_idx ON call_requests (device_id) WHERE device_id IS NOT NULL;

-- Every step of a call: what happened, by which phone, seen by which process.
CREATE TABLE call_steps (
    id         bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT call_steps_pkey PRIMARY KEY,
    call_id    uuid NOT NULL CONSTRAINT call_steps_call_id_fkey REFERENCES call_requests (id) ON DELETE CASCADE,
    at         timestamptz NOT NULL DEFAULT now(),
    step       text NOT NULL CONSTRAINT call_steps_step_check CHECK (char_length(step) BETWEEN 1 AND 32),
    -- As it was; a phone that is taken off stays named.
    device_id  uuid,
    instance   text NOT NULL DEFAULT ''
);
CREATE INDEX call_steps_call_id_idx ON call_steps (call_id, id);

-- How calls go here: one row.
CREATE TABLE call_settings (
    id           boolean CONSTRAINT call_settings_pkey PRIMARY KEY DEFAULT true CONSTRAINT call_settings_id_check CHECK (id),
    -- How long a request lives.
    ttl_seconds  integer NOT NULL DEFAULT 60 CONSTRAINT call_settings_ttl_check CHECK (ttl_seconds BETWEEN 15 AND 300)
);
INSERT INTO call_settings DEFAULT VALUES;
