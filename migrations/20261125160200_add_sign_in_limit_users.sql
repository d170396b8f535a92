-- Why: limits are kept per login and address, per login, and per known device; an administrator sees and lifts all that
-- belong to one person. Keys before this change ran out within minutes.

DELETE FROM sign_in_limits;
ALTER TABLE sign_in_limits
    ADD COLUMN user_id bigint CONSTRAINT sign_in_limits_user_id_fkey REFERENCES users (id) ON DELETE CASCADE,
    -- Where the tries come from; empty: from anywhere.
    ADD COLUMN ip text NOT NULL DEFAULT '';
CREATE INDEX sign_in_limits_user_id_idx ON sign_in_limits (user_id) WHERE user_id IS NOT NULL;
CREATE INDEX sign_in_limits_blocked_until_idx ON sign_in_limits (blocked_until) WHERE blocked_until IS NOT NULL;
