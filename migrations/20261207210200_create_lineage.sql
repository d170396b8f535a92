-- Why: calls keep the key of the card that they were made from; the card that it became part of asks for them, too.

-- All that have become part of this card, through as many merges as there were: the other way round than merged_into.
CREATE FUNCTION merged_from(kept uuid) RETURNS SETOF uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
        WITH RECURSIVE line AS (
            SELECT record_id FROM merged_records WHERE kept_id = kept
            UNION
            SELECT next.record_id FROM line JOIN merged_records AS next ON next.kept_id = line.record_id
        )
        SELECT record_id FROM line;
    END;
