-- Why: one definition of "the same text" for search and duplicate checks, shared by every query.
-- The Rust twin is values::text; a test holds the two together on a table of samples.

-- Lower case, ё→е. Answers NULL for NULL.
CREATE FUNCTION fold_text(value text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN replace(lower(value), 'ё', 'е');

-- The words of a text as lexemes: runs of Latin and Cyrillic letters and digits.
CREATE FUNCTION text_words(value text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN array_remove(regexp_split_to_array(fold_text(value), '[^0-9a-zа-я]+'), '');

CREATE EXTENSION IF NOT EXISTS pg_trgm;
