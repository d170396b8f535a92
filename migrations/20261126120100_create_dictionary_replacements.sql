-- Why: two entries of a dictionary become one. Addresses, forms, cards in the trash and files of imports that name the old
-- one mean the new one from then on; a merge that moves many companies goes on after a restart.

CREATE TABLE dictionary_replacements (
    kind     text NOT NULL CONSTRAINT dictionary_replacements_kind_check
             CHECK (kind IN ('statuses', 'spheres', 'contract-types', 'task-types', 'regions')),
    old_key  text NOT NULL CONSTRAINT dictionary_replacements_old_key_check CHECK (old_key <> new_key),
    old_name text NOT NULL,
    -- Always an entry that is there: a later merge of that one moves it on.
    new_key  text NOT NULL,
    -- How many records have been given the new one.
    moved    bigint NOT NULL DEFAULT 0,
    begun_at timestamptz NOT NULL,
    -- Empty while records are being moved; the old entry is there until then, and hidden.
    done_at  timestamptz,
    CONSTRAINT dictionary_replacements_pkey PRIMARY KEY (kind, old_key)
);
CREATE INDEX dictionary_replacements_new_key_idx ON dictionary_replacements (kind, new_key);
