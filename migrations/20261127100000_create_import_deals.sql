-- Why: a deal of an amoCRM file becomes one note; the next import must neither write it again nor bring back what a
-- person has removed.

CREATE TABLE import_deals (
    -- «amo:123», or a sum of what never changes of a deal without a number.
    uid         text CONSTRAINT import_deals_pkey PRIMARY KEY,
    -- The import that wrote it last.
    import_id   uuid NOT NULL CONSTRAINT import_deals_import_id_fkey REFERENCES imports (id) ON DELETE CASCADE,
    -- The company, or the contact. No foreign keys here and below: what is gone is just what has to be told apart.
    owner_id    uuid NOT NULL,
    -- NULL: it stands in the note of a contact.
    note_id     bigint,
    -- Of the text as it was written.
    text_sha256 text NOT NULL
);
CREATE INDEX import_deals_import_id_idx ON import_deals (import_id);
