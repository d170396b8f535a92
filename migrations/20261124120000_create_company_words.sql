-- Why: a typing error is compared once with each different word of the base, not with the name of every company.

-- A word, and the word without each of its letters in turn. Two words that are one error apart (a letter too much, too
-- few, another, two neighbours exchanged) have one of these in common.
CREATE FUNCTION text_gaps(word text) RETURNS text[]
    LANGUAGE sql IMMUTABLE PARALLEL SAFE STRICT
    RETURN array_append(
        ARRAY(SELECT DISTINCT overlay(word PLACING '' FROM place FOR 1)
              FROM generate_series(1, char_length(word)) AS place),
        word
    );

-- Sorted by bytes, so that words with a beginning are a range of the key.
CREATE TABLE company_words (
    word text COLLATE "C" NOT NULL,
    gaps text[] NOT NULL GENERATED ALWAYS AS (text_gaps(word)) STORED,
    CONSTRAINT company_words_pkey PRIMARY KEY (word)
);
CREATE INDEX company_words_gaps_idx ON company_words USING gin (gaps);
CREATE INDEX company_words_word_trgm_idx ON company_words USING gin (word gin_trgm_ops);

-- One row: companies changed up to here have their words in the table. Words are gathered by a job and not by those
-- who write: two that add the same words in different orders would wait for each other.
CREATE TABLE company_words_gathered (
    is_only boolean NOT NULL DEFAULT true,
    until timestamptz NOT NULL,
    CONSTRAINT company_words_gathered_pkey PRIMARY KEY (is_only),
    CONSTRAINT company_words_gathered_is_only_check CHECK (is_only)
);
