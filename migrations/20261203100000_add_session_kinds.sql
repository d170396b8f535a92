-- Why: programs and phones sign in too. Their sessions last as long as they are used: expires_at moves on with each use.
ALTER TABLE sessions
    ADD COLUMN kind text NOT NULL DEFAULT 'browser'
        CONSTRAINT sessions_kind_check CHECK (kind IN ('browser', 'api', 'phone'));
