-- Why: the first app says «connected» of every call that it made. That nobody answered is told only by a length of zero; a
-- length that is not told proves nothing.

ALTER TABLE call_requests
    DROP COLUMN is_talk,
    ADD COLUMN is_talk boolean NOT NULL GENERATED ALWAYS AS
        (COALESCE(outcome IN ('talked', 'call_later', 'refused'),
                  result = 'connected' AND duration_seconds IS DISTINCT FROM 0,
                  false)) STORED;
