-- Why: the phones that ask for calls. Times are those of the database: phones and servers need no right clocks.

CREATE TABLE phone_devices (
    id              uuid CONSTRAINT phone_devices_pkey PRIMARY KEY,
    user_id         bigint NOT NULL CONSTRAINT phone_devices_user_id_fkey REFERENCES users (id),
    -- By which it signs in; ending it cuts the phone off.
    session_id      uuid CONSTRAINT phone_devices_session_id_fkey REFERENCES sessions (id) ON DELETE SET NULL,
    -- What the phone calls itself.
    device_id       text NOT NULL CONSTRAINT phone_devices_device_id_check CHECK (char_length(device_id) BETWEEN 1 AND 64),
    name            text NOT NULL DEFAULT '' CONSTRAINT phone_devices_name_check CHECK (char_length(name) <= 120),
    app_version     text NOT NULL DEFAULT '' CONSTRAINT phone_devices_app_version_check CHECK (char_length(app_version) <= 32),
    -- Where a wake-up is sent; empty: nowhere.
    push_token      text NOT NULL DEFAULT '' CONSTRAINT phone_devices_push_token_check CHECK (char_length(push_token) <= 4096),
    ip              text NOT NULL DEFAULT '',
    is_encrypted    boolean NOT NULL DEFAULT true,
    last_poll_code  integer,
    last_poll_at    timestamptz,
    -- What is wrong with it by its own word; empty: nothing.
    trouble         text NOT NULL DEFAULT '' CONSTRAINT phone_devices_trouble_check CHECK (char_length(trouble) <= 200),
    created_at      timestamptz NOT NULL DEFAULT now(),
    last_seen_at    timestamptz NOT NULL DEFAULT now(),
    CONSTRAINT phone_devices_device_key UNIQUE (user_id, device_id)
);
CREATE INDEX phone_devices_session_id_idx ON phone_devices (session_id) WHERE session_id IS NOT NULL;

-- A picture that a phone's camera reads once within five minutes.
CREATE TABLE phone_pairings (
    id          uuid CONSTRAINT phone_pairings_pkey PRIMARY KEY,
    token_hash  bytea NOT NULL CONSTRAINT phone_pairings_token_key UNIQUE,
    user_id     bigint NOT NULL CONSTRAINT phone_pairings_user_id_fkey REFERENCES users (id),
    created_at  timestamptz NOT NULL DEFAULT now(),
    expires_at  timestamptz NOT NULL,
    used_at     timestamptz
);
CREATE INDEX phone_pairings_user_id_idx ON phone_pairings (user_id, created_at);

-- What apps write of themselves, for whoever looks why a phone does not ring; kept for two weeks.
CREATE TABLE phone_logs (
    id          bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT phone_logs_pkey PRIMARY KEY,
    user_id     bigint NOT NULL CONSTRAINT phone_logs_user_id_fkey REFERENCES users (id),
    device_id   text NOT NULL DEFAULT '' CONSTRAINT phone_logs_device_id_check CHECK (char_length(device_id) <= 64),
    kind        text NOT NULL CONSTRAINT phone_logs_kind_check CHECK (kind IN ('log', 'telemetry')),
    level       text NOT NULL DEFAULT '' CONSTRAINT phone_logs_level_check CHECK (char_length(level) <= 64),
    source      text NOT NULL DEFAULT '' CONSTRAINT phone_logs_source_check CHECK (char_length(source) <= 64),
    payload     text NOT NULL CONSTRAINT phone_logs_payload_check CHECK (char_length(payload) <= 50000),
    created_at  timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX phone_logs_user_id_idx ON phone_logs (user_id, id);
CREATE INDEX phone_logs_created_at_idx ON phone_logs (created_at);
