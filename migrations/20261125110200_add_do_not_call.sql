-- Why: some companies asked not to be called; whoever opens the card must see it, with who wrote it and why.

ALTER TABLE companies
    ADD COLUMN do_not_call_at     timestamptz,
    ADD COLUMN do_not_call_by     bigint CONSTRAINT companies_do_not_call_by_fkey REFERENCES users (id),
    ADD COLUMN do_not_call_reason text NOT NULL DEFAULT ''
               CONSTRAINT companies_do_not_call_reason_check CHECK (char_length(do_not_call_reason) <= 255),
    ADD CONSTRAINT companies_do_not_call_check
        CHECK (do_not_call_at IS NOT NULL OR (do_not_call_by IS NULL AND do_not_call_reason = ''));
CREATE INDEX companies_do_not_call_by_idx ON companies (do_not_call_by) WHERE do_not_call_by IS NOT NULL;
