-- Why: a second factor of signing in (codes of a phone, recovery codes), asked for before there is a session.

CREATE TABLE second_factors (
    user_id       bigint CONSTRAINT second_factors_pkey PRIMARY KEY
                  CONSTRAINT second_factors_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    -- Sealed with a key derived from the application's secret key, for this person only.
    sealed_secret bytea NOT NULL,
    -- The newest step whose code was used: no code counts twice.
    last_step     bigint NOT NULL,
    turned_on_at  timestamptz NOT NULL
);

-- A code that was used is gone. Only a SHA-256 of its 80 bits is kept.
CREATE TABLE recovery_codes (
    user_id   bigint NOT NULL CONSTRAINT recovery_codes_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    code_hash bytea NOT NULL,
    CONSTRAINT recovery_codes_pkey PRIMARY KEY (user_id, code_hash)
);

-- A password was right, the second factor is awaited. The token is in a cookie of that browser.
CREATE TABLE pending_sign_ins (
    token_hash bytea CONSTRAINT pending_sign_ins_pkey PRIMARY KEY,
    user_id    bigint NOT NULL CONSTRAINT pending_sign_ins_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    expires_at timestamptz NOT NULL
);
CREATE INDEX pending_sign_ins_user_id_idx ON pending_sign_ins (user_id);
CREATE INDEX pending_sign_ins_expires_at_idx ON pending_sign_ins (expires_at);

-- The secret that a signed-in person is setting up: known to this session only, gone with it.
ALTER TABLE sessions ADD COLUMN sealed_draft bytea;
