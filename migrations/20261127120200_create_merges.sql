-- Why: cards of one company (or person) become one. Old addresses and old numbers of amoCRM go on meaning the card that
-- was kept, and for thirty days the cards can be parted again.

CREATE TABLE merges (
    id          uuid CONSTRAINT merges_pkey PRIMARY KEY,
    entity      text NOT NULL CONSTRAINT merges_entity_check CHECK (entity IN ('company', 'contact')),
    -- No foreign keys: the kept one may be in the trash or merged further, the others are gone.
    kept_id     uuid NOT NULL,
    merged      uuid[] NOT NULL CONSTRAINT merges_merged_check CHECK (cardinality(merged) BETWEEN 1 AND 4),
    -- As they were called then, the kept one first.
    names       text[] NOT NULL,
    merged_by   bigint CONSTRAINT merges_merged_by_fkey REFERENCES users (id),
    merged_at   timestamptz NOT NULL,
    split_until timestamptz NOT NULL,
    split_by    bigint CONSTRAINT merges_split_by_fkey REFERENCES users (id),
    split_at    timestamptz,
    -- What parting needs: rows that are gone, and what was where. NULL once parted, out of time or erased.
    kept        jsonb CONSTRAINT merges_kept_check CHECK (kept IS NULL OR split_at IS NULL)
);
CREATE INDEX merges_kept_id_idx ON merges (kept_id, merged_at DESC);
CREATE INDEX merges_merged_idx ON merges USING gin (merged);
CREATE INDEX merges_merged_at_idx ON merges (merged_at DESC, id DESC);
CREATE INDEX merges_split_until_idx ON merges (split_until) WHERE kept IS NOT NULL;
CREATE INDEX merges_merged_by_idx ON merges (merged_by);
CREATE INDEX merges_split_by_idx ON merges (split_by) WHERE split_by IS NOT NULL;

-- Which card stands for one that is gone; forgotten when the cards are parted.
CREATE TABLE merged_records (
    record_id uuid CONSTRAINT merged_records_pkey PRIMARY KEY,
    entity    text NOT NULL CONSTRAINT merged_records_entity_check CHECK (entity IN ('company', 'contact')),
    merge_id  uuid NOT NULL CONSTRAINT merged_records_merge_id_fkey REFERENCES merges (id) ON DELETE CASCADE,
    kept_id   uuid NOT NULL,
    -- Its number in amoCRM: a later import finds the kept card by it.
    amo_id    bigint
);
CREATE INDEX merged_records_merge_id_idx ON merged_records (merge_id);
CREATE INDEX merged_records_kept_id_idx ON merged_records (kept_id);
CREATE INDEX merged_records_amo_id_idx ON merged_records (amo_id) WHERE amo_id IS NOT NULL;

-- The card that a merged one is part of now, through as many merges as there were; NULL: it was never merged.
CREATE FUNCTION merged_into(record uuid) RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    RETURN (
        WITH RECURSIVE heirs AS (
            SELECT kept_id, 1 AS step FROM merged_records WHERE record_id = record
            UNION ALL
            SELECT next.kept_id, heirs.step + 1
            FROM heirs JOIN merged_records AS next ON next.record_id = heirs.kept_id
        )
        SELECT kept_id FROM heirs ORDER BY step DESC LIMIT 1
    );
