-- Why: correspondence with a company, one row per letter, whoever brings it in: a saved file, a person's own words, later
-- the mailings.

CREATE TABLE letters (
    id            uuid CONSTRAINT letters_pkey PRIMARY KEY,
    company_id    uuid NOT NULL CONSTRAINT letters_company_id_fkey REFERENCES companies (id),
    -- Whose address took part. No reference: a contact that comes back from the trash finds its letters again.
    contact_id    uuid,
    author_id     bigint CONSTRAINT letters_author_id_fkey REFERENCES users (id),
    direction     text NOT NULL CONSTRAINT letters_direction_check CHECK (direction IN ('in', 'out')),
    -- 'eml': a document that nobody changes; its first file is the document itself.
    source        text NOT NULL CONSTRAINT letters_source_check CHECK (source IN ('eml', 'hand')),
    -- As the letter itself says.
    sent_at       timestamptz NOT NULL,
    from_name     text NOT NULL CONSTRAINT letters_from_name_check CHECK (char_length(from_name) <= 255),
    from_address  text NOT NULL CONSTRAINT letters_from_address_check CHECK (char_length(from_address) <= 320),
    -- [{"name", "address"}]
    recipients    jsonb NOT NULL DEFAULT '[]' CONSTRAINT letters_recipients_check CHECK (jsonb_typeof(recipients) = 'array'),
    copies        jsonb NOT NULL DEFAULT '[]' CONSTRAINT letters_copies_check CHECK (jsonb_typeof(copies) = 'array'),
    subject       text NOT NULL CONSTRAINT letters_subject_check CHECK (char_length(subject) <= 1000),
    text          text NOT NULL CONSTRAINT letters_text_check CHECK (char_length(text) <= 200000),
    -- The text went on, and the document alone has the rest.
    is_cut        boolean NOT NULL DEFAULT false,
    -- Names of attachments that only the document has.
    left_out      text NOT NULL DEFAULT '' CONSTRAINT letters_left_out_check CHECK (char_length(left_out) <= 2000),
    message_id    text CONSTRAINT letters_message_id_check CHECK (char_length(message_id) BETWEEN 1 AND 1000),
    -- Cards that became one may both have had it: the lowest number is shown, the others wait behind it.
    copy          smallint NOT NULL DEFAULT 0,
    -- Its person was erased: that there was a letter is all that stays.
    is_erased     boolean NOT NULL DEFAULT false,
    version       integer NOT NULL DEFAULT 1,
    recorded_at   timestamptz NOT NULL DEFAULT now(),
    edited_at     timestamptz
);
CREATE UNIQUE INDEX letters_message_key ON letters (company_id, message_id, copy) WHERE message_id IS NOT NULL;
CREATE INDEX letters_company_id_idx ON letters (company_id, sent_at DESC, id DESC);
CREATE INDEX letters_author_id_idx ON letters (author_id);
CREATE INDEX letters_contact_id_idx ON letters (contact_id) WHERE contact_id IS NOT NULL;

ALTER TABLE files ADD COLUMN letter_id uuid CONSTRAINT files_letter_id_fkey REFERENCES letters (id);
CREATE INDEX files_letter_id_idx ON files (letter_id, position) WHERE letter_id IS NOT NULL;
ALTER TABLE files DROP CONSTRAINT files_holder_check;
ALTER TABLE files ADD CONSTRAINT files_holder_check CHECK (num_nonnulls(note_id, comment_id, letter_id) <= 1);
-- What a computed column is made of cannot be said anew before Postgres 17: the column is.
ALTER TABLE files DROP COLUMN is_lone;
ALTER TABLE files ADD COLUMN is_lone boolean NOT NULL
    GENERATED ALWAYS AS (note_id IS NULL AND comment_id IS NULL AND letter_id IS NULL) STORED;
CREATE INDEX files_lone_idx ON files (uploaded_by) WHERE is_lone;
