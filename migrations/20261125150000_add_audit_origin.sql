-- Why: sign-ins, exports and locks are logged with where they came from.

ALTER TABLE audit_events
    ADD COLUMN ip         text NOT NULL DEFAULT '',
    ADD COLUMN user_agent text NOT NULL DEFAULT '';
