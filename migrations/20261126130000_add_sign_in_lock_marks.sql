-- Why: a lock is logged once, when it begins; administrators see what is locked right now and what it held back.

ALTER TABLE sign_in_limits
    -- Tries that were refused since the lock began; 0: not locked.
    ADD COLUMN refused integer NOT NULL DEFAULT 0;
CREATE INDEX sign_in_limits_blocked_until_idx ON sign_in_limits (blocked_until) WHERE blocked_until IS NOT NULL;
