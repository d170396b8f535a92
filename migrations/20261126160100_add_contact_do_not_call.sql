-- Why: some people asked not to be called, while the others of their company may be; whoever opens the card must see it.

ALTER TABLE contacts
    ADD COLUMN do_not_call_at     timestamptz,
    ADD COLUMN do_not_call_by     bigint CONSTRAINT contacts_do_not_call_by_fkey REFERENCES users (id),
    ADD COLUMN do_not_call_reason text NOT NULL DEFAULT ''
               CONSTRAINT contacts_do_not_call_reason_check CHECK (char_length(do_not_call_reason) <= 300),
    ADD CONSTRAINT contacts_do_not_call_check
        CHECK (do_not_call_at IS NOT NULL OR (do_not_call_by IS NULL AND do_not_call_reason = ''));
CREATE INDEX contacts_do_not_call_by_idx ON contacts (do_not_call_by) WHERE do_not_call_by IS NOT NULL;
