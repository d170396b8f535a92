-- Why: the global search finds people and notes by words of their own, as companies are found since they exist. Both
-- columns are generated: whoever writes a person or a note, by whatever way, keeps them right.

-- The words of a note. A phone is found however it was written down: by its last ten and its last seven digits.
CREATE FUNCTION note_search(value text) RETURNS tsvector
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN array_to_tsvector(
        ARRAY(
            SELECT left(word, 100) FROM unnest(text_words(value)) AS word
            UNION ALL
            SELECT right(digits, length)
            FROM regexp_matches(
                value, '(?<![0-9])((?:\+?7|8)?[ ()-]*[0-9](?:[ ()-]*[0-9]){9})(?![0-9])', 'g'
            ) AS phone,
                regexp_replace(phone[1], '[^0-9]', '', 'g') AS digits,
                unnest(ARRAY[10, 7]) AS length
            -- Most notes have no phone; this look is the quicker one.
            WHERE value ~ '[0-9][0-9 ()-]{8,}[0-9]'
        )
    );

ALTER TABLE notes ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (note_search(text)) STORED;
ALTER TABLE notes ALTER COLUMN search SET STATISTICS 1000;
ALTER TABLE contacts ADD COLUMN search tsvector NOT NULL GENERATED ALWAYS AS (
    array_to_tsvector(text_words(last_name || ' ' || first_name || ' ' || position || ' ' || status))
) STORED;
ALTER TABLE contacts ALTER COLUMN search SET STATISTICS 1000;

-- Rare words are answered from here; a short list of new entries, since every search reads all of it.
CREATE INDEX notes_search_idx ON notes USING gin (search) WITH (gin_pending_list_limit = 512);
CREATE INDEX contacts_search_idx ON contacts USING gin (search) WITH (gin_pending_list_limit = 512);
-- Common words are answered by walking these, newest first.
CREATE INDEX notes_created_at_idx ON notes (created_at DESC, id DESC);
CREATE INDEX contacts_updated_at_idx ON contacts (updated_at DESC, id DESC);
-- Numbers typed without the area code.
CREATE INDEX contact_phones_last_seven_idx ON contact_phones ("right"(digits, 7)) WHERE digits <> '';

-- The planner chooses between the two ways by how frequent a word is.
ANALYZE notes (search);
ANALYZE contacts (search);
